/* SPDX-License-Identifier: MIT
 *
 * mods_write_titles.c: titleInfo from 130, 210, 240, 242, 245, 246 and 740.  The
 * title proper comes first; what cannot be filed under stands apart from it.
 */
#include "mods_write.h"

/* Where the first `count` characters end; 0 where there are no more than these. */
static size_t nonfiling_end(mods_slice text, unsigned count) {
    size_t at = 0;
    while (at < text.size && count > 0) {
        at++;
        while (at < text.size && (text.data[at] & 0xC0) == 0x80)
            at++;
        count--;
    }
    return count == 0 && at < text.size ? at : 0;
}

/* nonSort, with the blank that ends it, and the title. */
static void write_filed(mods *m, mods_slice title, uint8_t indicator) {
    unsigned count = indicator >= '1' && indicator <= '9' ? indicator - '0' : 0;
    size_t end = nonfiling_end(title, count);
    if (end > 0) {
        mrrci_mods_write(m, "nonSort xml:space=\"preserve\"", (mods_slice){title.data, end});
        title = (mods_slice){title.data + end, title.size - end};
    }
    mrrci_mods_write(m, "title", title);
}

static void write_numbers(mods *m, const mods_field *field, const char *number,
                          const char *name) {
    mrrci_cursor cursor = mrrci_mods_walk(m, field);
    mrrci_subfield subfield;
    if (!mods_may_have(field, "nvp"))
        return;
    while (mrrci_subfield_next(&cursor, &subfield)) {
        mods_slice value = mrrci_mods_chop(mrrci_mods_value(&subfield), MODS_MARKS | MODS_STOP);
        if (mrrci_mods_among(&subfield, number))
            mrrci_mods_write(m, "partNumber", value);
        else if (mrrci_mods_among(&subfield, name))
            mrrci_mods_write(m, "partName", value);
    }
}

/* The indicator that counts what does not file, where a title begins the field. */
static uint8_t filing_of(const mods_field *field) {
    switch (field->tag) {
    case 630:
    case 730:
    case 740:
        return field->first;
    case 440:
    case 830:
        return field->second;
    default:
        return '0';
    }
}

/* $v is a volume of a series; elsewhere it is a subdivision. */
void mrrci_mods_write_title(mods *m, const mods_field *field, const char *codes) {
    bool series = field->tag == 440 || field->tag == 490 || field->tag >= 800;
    mods_slice title = mrrci_mods_join(m, field, codes, " ");
    write_filed(m, mrrci_mods_chop(title, MODS_MARKS | MODS_STOP), filing_of(field));
    write_numbers(m, field, series ? "nv" : "n", "p");
}

void mrrci_mods_write_work(mods *m, const mods_field *field) {
    mods_field work = mrrci_mods_from(field, 't');
    mrrci_mods_write_title(m, &work, "tfghklmors");
}

/* 242, 245 and 246, of which the last has nothing that is not filed: what follows $b belongs
 * to the subtitle. */
static void write_proper(mods *m, const mods_field *field) {
    mods_field title = mrrci_mods_before(field, 'b'), rest = mrrci_mods_from(field, 'b');
    mods_slice text = mrrci_mods_join(m, &title, "afgks", " ");
    write_filed(m, mrrci_mods_chop(text, MODS_MARKS | MODS_STOP),
                field->tag == 246 ? '0' : field->second);
    text = mrrci_mods_join(m, &rest, "abfgks", " ");
    mrrci_mods_write(m, "subTitle", mrrci_mods_chop(text, MODS_MARKS | MODS_STOP));
    write_numbers(m, field, "n", "p");
}

static void write_main(mods *m, const mods_field *field) {
    mods_element element = mrrci_mods_open_part(m, "titleInfo", field);
    mrrci_mods_inside(m, &element);
    write_proper(m, field);
    mrrci_mods_close_element(m, &element);
}

static void write_abbreviated(mods *m, const mods_field *field) {
    mods_element element = mrrci_mods_open_part(m, "titleInfo type=\"abbreviated\"", field);
    mrrci_mods_inside(m, &element);
    mrrci_mods_write(m, "title", mrrci_mods_chop(mrrci_mods_first(m, field, "a"),
                                                 MODS_MARKS | MODS_STOP));
    mrrci_mods_write(m, "subTitle", mrrci_mods_chop(mrrci_mods_first(m, field, "b"),
                                                    MODS_MARKS | MODS_STOP));
    mrrci_mods_close_element(m, &element);
}

static void write_translated(mods *m, const mods_field *field) {
    mods_element element = mrrci_mods_open_part(m, "titleInfo type=\"translated\"", field);
    mods_slice language = mrrci_mods_first(m, field, "y");
    mrrci_mods_attribute(m, "lang", language);
    mrrci_mods_inside(m, &element);
    write_proper(m, field);
    mrrci_mods_close_element(m, &element);
}

/* $i says it in words; otherwise the second indicator does. */
static void write_variant(mods *m, const mods_field *field) {
    static const mods_code labels[] = {
        {'2', "Distinctive title"}, {'3', "Other title"},        {'4', "Cover title"},
        {'5', "Added title page title"}, {'6', "Caption title"}, {'7', "Running title"},
        {'8', "Spine title"},       {0, NULL}};
    mods_element element = mrrci_mods_open_part(m, "titleInfo type=\"alternative\"", field);
    mods_slice label = mrrci_mods_chop(mrrci_mods_first(m, field, "i"), MODS_MARKS);
    const char *kind = mrrci_mods_term(labels, field->second);
    if (label.size == 0 && kind != NULL)
        label = mrrci_mods_literal(kind);
    mrrci_mods_attribute(m, "displayLabel", label);
    mrrci_mods_inside(m, &element);
    write_proper(m, field);
    mrrci_mods_close_element(m, &element);
}

/* 130 and 240; their nonfiling characters stand in different indicators. */
static void write_uniform(mods *m, const mods_field *field) {
    mods_element element = mrrci_mods_open_part(m, "titleInfo type=\"uniform\"", field);
    if (field->tag == 240 && m->has_name)
        mrrci_mods_attribute(m, "nameTitleGroup", mrrci_mods_literal("1"));
    mrrci_mods_write_uris(m, field);
    mrrci_mods_inside(m, &element);
    mods_slice title = mrrci_mods_join(m, field, "adfghklmorst", " ");
    write_filed(m, mrrci_mods_chop(title, MODS_MARKS | MODS_STOP),
                field->tag == 240 ? field->second : field->first);
    write_numbers(m, field, "n", "p");
    mrrci_mods_close_element(m, &element);
}

static void write_uncontrolled(mods *m, const mods_field *field) {
    mods_element element = mrrci_mods_open_part(m, "titleInfo type=\"alternative\"", field);
    mrrci_mods_inside(m, &element);
    mods_slice title = mrrci_mods_chop(mrrci_mods_join(m, field, "ah", " "),
                                       MODS_MARKS | MODS_STOP);
    write_filed(m, title, field->first);
    write_numbers(m, field, "n", "p");
    mrrci_mods_close_element(m, &element);
}

/* An analytic entry, with 2 as second indicator, is a related item instead. */
static void write_one(mods *m, const mods_field *field) {
    switch (field->tag) {
    case 210:
        write_abbreviated(m, field);
        break;
    case 242:
        write_translated(m, field);
        break;
    case 246:
        write_variant(m, field);
        break;
    case 130:
    case 240:
        write_uniform(m, field);
        break;
    case 740:
        if (field->second != '2')
            write_uncontrolled(m, field);
        break;
    default:
        break;
    }
}

void mrrci_mods_titles(mods *m) {
    for (size_t i = 0; i < m->count; i++)
        if (m->fields[i].tag == 245)
            write_main(m, &m->fields[i]);
    for (size_t i = 0; i < m->count; i++)
        write_one(m, &m->fields[i]);
}
