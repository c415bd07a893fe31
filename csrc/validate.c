/* SPDX-License-Identifier: MIT
 *
 * validate.c: checks packed records by tables of rules.  What it finds is data: no record is
 * changed or refused here, and what a finding is called is up to who shows it.  A record is
 * walked through once, and how much is told of one is limited.
 */
#include "packed.h"
#include "validate.h"

enum {
    FINDINGS_MAX = 1000,      /* of one record */
    CODES = 128
};

/* ---- findings ---- */

mrrc_finding mrrci_finding(const mrrci_check *check, uint16_t rule, uint8_t severity,
                           uint32_t entry, const uint8_t *value, size_t size) {
    mrrc_finding finding;
    memset(&finding, 0, sizeof finding);
    finding.record = check->record;
    finding.rule = rule;
    finding.severity = severity;
    finding.entry = entry;
    finding.kind = check->kind;
    if (value != NULL) {
        finding.at = (uint32_t)(value - check->block);
        finding.size = (uint32_t)size;
    }
    return finding;
}

int mrrci_report(mrrci_check *check, const mrrc_finding *finding) {
    if (check->found > FINDINGS_MAX)
        return MRRC_OK;
    if (check->found++ < FINDINGS_MAX)
        return mrrci_buffer_append(check->out, finding, sizeof *finding);
    mrrc_finding more = mrrci_finding(check, MRRC_RULE_TOO_MANY, MRRC_WARNING, 0, NULL, 0);
    return mrrci_buffer_append(check->out, &more, sizeof more);
}

/* What is known of the place at work: the field's tag and number, and the subfield. */
typedef struct place {
    const mrrci_field *field;
    uint32_t occurrence;
    const mrrci_subfield *subfield; /* or NULL */
    uint32_t subfield_occurrence;
} place;

static mrrc_finding finding_at(const mrrci_check *check, const place *place, uint16_t rule,
                               uint8_t severity, uint32_t entry, const uint8_t *value,
                               size_t size) {
    mrrc_finding finding = mrrci_finding(check, rule, severity, entry, value, size);
    memcpy(finding.tag, place->field->tag, 3);
    finding.occurrence = place->occurrence;
    finding.subfield = place->subfield_occurrence;
    if (place->subfield != NULL)
        memcpy(finding.code, place->subfield->code, place->subfield->code_size);
    return finding;
}

static int report_at(mrrci_check *check, const place *place, uint16_t rule, uint8_t severity,
                     uint32_t entry, const uint8_t *value, size_t size) {
    mrrc_finding finding = finding_at(check, place, rule, severity, entry, value, size);
    return mrrci_report(check, &finding);
}

/* ---- codes and positions ---- */

static const uint16_t rule_of_class[] = {
    [MRRCI_IS_OUTDATED] = MRRC_RULE_OBSOLETE_CODE, [MRRCI_IS_LOCAL] = MRRC_RULE_LOCAL_CODE};

static int check_positions(mrrci_check *check, const place *place, size_t named,
                           const uint8_t *text, size_t size) {
    const mrrci_table *table = check->table;
    uint32_t at = mrrci_u32(table, named), count = mrrci_u32(table, named + 4);
    bool plain = mrrci_characters_count(text, size) == size;
    for (uint32_t i = 0; i < count; i++, at += MRRCI_POSITION_ENTRY) {
        uint32_t automaton = mrrci_u32(table, at + MRRCI_POSITION_AUTOMATON);
        uint16_t start = mrrci_u16(table, at + MRRCI_POSITION_START),
                 end = mrrci_u16(table, at + MRRCI_POSITION_END);
        const uint8_t *found = text + start;
        size_t found_size = (size_t)(end - start) + 1;
        if (automaton == 0)
            continue;
        if (plain ? end >= size
                  : !mrrci_characters_find(text, size, start, end, &found, &found_size))
            continue; /* that the field is too short is said once */
        uint8_t class = mrrci_automaton_run(table, automaton, found, found_size);
        if (class == MRRCI_IS_DEFINED)
            continue;
        bool known = class == MRRCI_IS_OUTDATED || class == MRRCI_IS_LOCAL;
        uint8_t severity = mrrci_u8(table, at + MRRCI_POSITION_SEVERITY);
        mrrc_finding finding =
            finding_at(check, place, known ? rule_of_class[class] : MRRC_RULE_POSITION,
                       known ? MRRC_INFO : severity == 0 ? MRRC_ERROR : severity, at, found,
                       found_size);
        finding.positions = 1;
        finding.first = start;
        finding.last = end;
        MRRCI_TRY(mrrci_report(check, &finding));
    }
    return MRRC_OK;
}

/* Whether a set of ASCII characters, at a place of the table, has this one. */
static bool has_character(const mrrci_table *table, size_t set, uint8_t character) {
    return character < CODES && mrrci_u8(table, set + character / 8) >> character % 8 & 1;
}

static bool is_chosen(const mrrci_check *check, uint32_t variant, const uint8_t *text,
                      size_t size) {
    const mrrci_table *table = check->table;
    switch (mrrci_u8(table, variant)) {
    case MRRCI_VARIANT_ALWAYS:
        return true;
    case MRRCI_VARIANT_BY_FIRST:
        return size > 0 && has_character(table, variant + MRRCI_VARIANT_FIRST, text[0]);
    default:
        return has_character(table, variant + MRRCI_VARIANT_FIRST, check->leader[6]) &&
               has_character(table, variant + MRRCI_VARIANT_SECOND, check->leader[7]);
    }
}

/* Checks the leader or a control field by the variants of its rule that are meant for it. */
static int check_fixed(mrrci_check *check, const place *place, uint32_t entry,
                       const uint8_t *text, size_t size) {
    const mrrci_table *table = check->table;
    uint32_t variant = mrrci_u32(table, entry + MRRCI_FIELD_VARIANTS),
             count = mrrci_u32(table, entry + MRRCI_FIELD_VARIANTS + 4);
    uint32_t automaton = mrrci_u32(table, entry + MRRCI_FIELD_AUTOMATON);
    bool by_first = false, chosen = false;
    if (automaton != 0 &&
        mrrci_automaton_run(table, automaton, text, size) != MRRCI_IS_DEFINED)
        MRRCI_TRY(report_at(check, place, MRRC_RULE_VALUE, MRRC_ERROR, entry, text, size));
    for (uint32_t i = 0; i < count; i++, variant += MRRCI_VARIANT_ENTRY) {
        uint8_t mode = mrrci_u8(table, variant);
        by_first = by_first || mode == MRRCI_VARIANT_BY_FIRST;
        if (!is_chosen(check, variant, text, size))
            continue;
        chosen = chosen || mode != MRRCI_VARIANT_ALWAYS;
        uint16_t least = mrrci_u16(table, variant + MRRCI_VARIANT_LEAST),
                 most = mrrci_u16(table, variant + MRRCI_VARIANT_MOST);
        size_t characters = mrrci_characters_count(text, size);
        if (most != 0 && (characters < least || characters > most))
            MRRCI_TRY(
                report_at(check, place, MRRC_RULE_LENGTH, MRRC_ERROR, variant, text, size));
        MRRCI_TRY(check_positions(check, place, variant + MRRCI_VARIANT_POSITIONS, text, size));
    }
    if (by_first && !chosen)
        return report_at(check, place, MRRC_RULE_CATEGORY, MRRC_ERROR, entry, text, size);
    return MRRC_OK;
}

static int check_leader(mrrci_check *check) {
    if (check->table->leader == 0)
        return MRRC_OK;
    const mrrci_field leader = {.tag = (const uint8_t *)"LDR"};
    const place here = {.field = &leader};
    return check_fixed(check, &here, check->table->leader, check->leader, MRRCI_LEADER_SIZE);
}

/* ---- data fields ---- */

/* Checks a field's two indicators, of which `size` bytes stand before the first subfield. */
static int check_indicators(mrrci_check *check, const place *place, uint32_t entry, size_t size) {
    const mrrci_table *table = check->table;
    const uint8_t *body = place->field->body;
    if (mrrci_characters_count(body, size) != 2)
        return report_at(check, place, MRRC_RULE_STRUCTURE, MRRC_ERROR, 0, body, size);
    if (entry == 0)
        return MRRC_OK;
    for (uint8_t i = 0; i < 2; i++) {
        uint32_t automaton =
            mrrci_u32(table, entry + MRRCI_FIELD_INDICATORS + 12u * i + 8u);
        const uint8_t *found = NULL;
        size_t found_size = 0;
        if (automaton == 0)
            continue;
        (void)mrrci_characters_find(body, size, i, i, &found, &found_size);
        uint8_t class = mrrci_automaton_run(table, automaton, found, found_size);
        if (class == MRRCI_IS_DEFINED ||
            (class == MRRCI_IS_NONE && *found == '9' && (table->flags & MRRCI_LOCAL_NINES)))
            continue;
        bool known = class == MRRCI_IS_OUTDATED || class == MRRCI_IS_LOCAL;
        mrrc_finding finding =
            finding_at(check, place, known ? rule_of_class[class] : MRRC_RULE_INDICATOR,
                       known ? MRRC_INFO : MRRC_ERROR, entry, found, found_size);
        finding.indicator = (uint8_t)(i + 1);
        MRRCI_TRY(mrrci_report(check, &finding));
    }
    return MRRC_OK;
}

/* Where the rule of each subfield of a field stands, by its code. */
typedef struct subfields {
    uint32_t entry[CODES];
    uint32_t seen[CODES];
} subfields;

static void look_up_subfields(const mrrci_table *table, uint32_t entry, subfields *subfields) {
    memset(subfields, 0, sizeof *subfields);
    uint32_t at = entry == 0 ? 0 : mrrci_u32(table, entry + MRRCI_FIELD_SUBFIELDS),
             count = entry == 0 ? 0 : mrrci_u32(table, entry + MRRCI_FIELD_SUBFIELDS + 4);
    for (uint32_t i = 0; i < count; i++, at += MRRCI_SUBFIELD_ENTRY)
        subfields->entry[mrrci_u8(table, at)] = at;
}

static int check_value(mrrci_check *check, const place *place, uint32_t entry) {
    const mrrci_table *table = check->table;
    const mrrci_subfield *subfield = place->subfield;
    const uint8_t *value = subfield->value;
    uint32_t content = mrrci_u32(table, entry + MRRCI_SUBFIELD_CONTENT);
    uint8_t asked = mrrci_u8(table, entry + MRRCI_SUBFIELD_CHECK);
    if (asked == MRRCI_CHECK_ISBN && !mrrci_isbn_valid(value, subfield->size))
        MRRCI_TRY(report_at(check, place, MRRC_RULE_ISBN, MRRC_WARNING, entry, value,
                            subfield->size));
    if (asked == MRRCI_CHECK_ISSN && !mrrci_issn_valid(value, subfield->size))
        MRRCI_TRY(report_at(check, place, MRRC_RULE_ISSN, MRRC_WARNING, entry, value,
                            subfield->size));
    if (content == 0)
        return MRRC_OK;
    uint32_t automaton = mrrci_u32(table, content + MRRCI_CONTENT_AUTOMATON);
    if (automaton != 0) {
        uint8_t class = mrrci_automaton_run(table, automaton, value, subfield->size);
        bool known = class == MRRCI_IS_OUTDATED || class == MRRCI_IS_LOCAL;
        if (class != MRRCI_IS_DEFINED)
            MRRCI_TRY(report_at(check, place, known ? rule_of_class[class] : MRRC_RULE_VALUE,
                                known ? MRRC_INFO : MRRC_ERROR, entry, value, subfield->size));
    }
    return check_positions(check, place, content + MRRCI_CONTENT_POSITIONS, value,
                           subfield->size);
}

static int check_subfield(mrrci_check *check, place *place, uint32_t field,
                          subfields *subfields) {
    const mrrci_subfield *subfield = place->subfield;
    const uint8_t code = subfield->code_size == 0 ? 0 : *subfield->code;
    if (subfield->code_size != 1 || code < 0x21 || code > 0x7E)
        return report_at(check, place, MRRC_RULE_SUBFIELD_CODE, MRRC_ERROR, 0, subfield->code,
                         subfield->code_size);
    uint32_t entry = subfields->entry[code];
    place->subfield_occurrence = ++subfields->seen[code];
    if (entry == 0) {
        bool any = field == 0 || (mrrci_u8(check->table, field + MRRCI_FIELD_FLAGS) &
                                  MRRCI_HAS_ANY_SUBFIELD) != 0;
        if (any || (code == '9' && (check->table->flags & MRRCI_LOCAL_NINES)))
            return MRRC_OK;
        return report_at(check, place, MRRC_RULE_UNKNOWN_SUBFIELD, MRRC_ERROR, field,
                         subfield->value, subfield->size);
    }
    uint8_t flags = mrrci_u8(check->table, entry + MRRCI_SUBFIELD_FLAGS);
    if (flags & MRRCI_IS_OBSOLETE)
        MRRCI_TRY(report_at(check, place, MRRC_RULE_SUBFIELD_OBSOLETE, MRRC_INFO, entry,
                            subfield->value, subfield->size));
    if (place->subfield_occurrence == 2 && !(flags & MRRCI_IS_REPEATABLE))
        MRRCI_TRY(report_at(check, place, MRRC_RULE_SUBFIELD_REPEATED, MRRC_ERROR, entry,
                            subfield->value, subfield->size));
    return check_value(check, place, entry);
}

static int check_required_subfields(mrrci_check *check, const place *place, uint32_t entry,
                                    const subfields *subfields) {
    const mrrci_table *table = check->table;
    uint32_t at = mrrci_u32(table, entry + MRRCI_FIELD_SUBFIELDS),
             count = mrrci_u32(table, entry + MRRCI_FIELD_SUBFIELDS + 4);
    for (uint32_t i = 0; i < count; i++, at += MRRCI_SUBFIELD_ENTRY) {
        uint8_t code = mrrci_u8(table, at);
        if (!(mrrci_u8(table, at + MRRCI_SUBFIELD_FLAGS) & MRRCI_IS_REQUIRED) ||
            subfields->seen[code] > 0)
            continue;
        mrrc_finding finding = finding_at(check, place, MRRC_RULE_SUBFIELD_MISSING, MRRC_ERROR,
                                          at, NULL, 0);
        finding.code[0] = code;
        MRRCI_TRY(mrrci_report(check, &finding));
    }
    return MRRC_OK;
}

/* The field's first $6.  Returns whether there is one. */
static bool find_link(const mrrci_field *field, mrrci_subfield *link) {
    mrrci_cursor cursor;
    size_t size;
    mrrci_subfields_begin(&cursor, field, &size);
    while (mrrci_subfield_next(&cursor, link))
        if (link->code_size == 1 && *link->code == '6')
            return true;
    return false;
}

/* Takes note of a field's $6; of an 880 it also says whose rules the field has: `*entry`. */
static int check_link(mrrci_check *check, mrrci_links *links, const place *place,
                      uint32_t *entry) {
    const mrrci_field *field = place->field;
    const bool alternate = memcmp(field->tag, "880", 3) == 0;
    const uint32_t own = *entry;
    const bool linked =
        own != 0 && (mrrci_u8(check->table, own + MRRCI_FIELD_FLAGS) & MRRCI_IS_LINKED) != 0;
    mrrci_subfield link;
    if (!find_link(field, &link)) {
        if (!linked)
            return MRRC_OK;
        *entry = 0;
        return report_at(check, place, MRRC_RULE_LINK_FORM, MRRC_WARNING, own, NULL, 0);
    }
    const struct place at = {.field = field,
                             .occurrence = place->occurrence,
                             .subfield = &link,
                             .subfield_occurrence = 1};
    mrrc_finding finding = finding_at(check, &at, MRRC_RULE_LINK_FORM, MRRC_WARNING, own,
                                      link.value, link.size);
    if (linked)
        *entry = link.size < 3 ? 0 : mrrci_table_field(check->table, link.value);
    return mrrci_links_add(links, check, field->tag, alternate, link.value, link.size, &finding);
}

static int check_data(mrrci_check *check, mrrci_links *links, place *place, uint32_t entry) {
    mrrci_cursor cursor;
    mrrci_subfield subfield;
    subfields subfields;
    size_t indicators;
    bool any = false;
    MRRCI_TRY(check_link(check, links, place, &entry));
    mrrci_subfields_begin(&cursor, place->field, &indicators);
    MRRCI_TRY(check_indicators(check, place, entry, indicators));
    look_up_subfields(check->table, entry, &subfields);
    while (mrrci_subfield_next(&cursor, &subfield)) {
        any = true;
        place->subfield = &subfield;
        place->subfield_occurrence = 0;
        MRRCI_TRY(check_subfield(check, place, entry, &subfields));
    }
    place->subfield = NULL;
    place->subfield_occurrence = 0;
    if (!any)
        return report_at(check, place, MRRC_RULE_STRUCTURE, MRRC_ERROR, 0, place->field->body,
                         place->field->size);
    return entry == 0 ? MRRC_OK : check_required_subfields(check, place, entry, &subfields);
}

/* ---- a record ---- */

static int check_field(mrrci_check *check, mrrci_links *links, const mrrci_field *field,
                       uint32_t *in_groups) {
    const mrrci_table *table = check->table;
    int number = mrrci_tag_number(field->tag);
    uint32_t entry = mrrci_table_field(table, field->tag);
    place here = {.field = field};
    if (number >= 0)
        here.occurrence = ++check->seen[number];
    if (entry == 0) {
        bool own = (table->flags & MRRCI_LOCAL_NINES) && memchr(field->tag, '9', 3) != NULL;
        if (!own)
            MRRCI_TRY(report_at(check, &here, MRRC_RULE_UNKNOWN_FIELD, MRRC_ERROR, 0,
                                field->body, field->size));
        return field->control ? MRRC_OK : check_data(check, links, &here, 0);
    }
    uint8_t flags = mrrci_u8(table, entry + MRRCI_FIELD_FLAGS),
            group = mrrci_u8(table, entry + MRRCI_FIELD_GROUP);
    here.occurrence = ++check->counts[(entry - table->fields) / MRRCI_FIELD_ENTRY];
    if (flags & MRRCI_IS_OBSOLETE)
        MRRCI_TRY(report_at(check, &here, MRRC_RULE_FIELD_OBSOLETE, MRRC_INFO, entry,
                            field->body, field->size));
    if (here.occurrence == 2 && !(flags & MRRCI_IS_REPEATABLE))
        MRRCI_TRY(report_at(check, &here, MRRC_RULE_FIELD_REPEATED, MRRC_ERROR, entry,
                            field->body, field->size));
    if (group != 0) {
        uint32_t place = table->groups + (uint32_t)(group - 1) * MRRCI_GROUP_ENTRY;
        if (++in_groups[group - 1] == mrrci_u16(table, place + MRRCI_GROUP_MOST) + 1u)
            MRRCI_TRY(report_at(check, &here, MRRC_RULE_GROUP_REPEATED,
                                mrrci_u8(table, place + MRRCI_GROUP_TOO_MANY), place,
                                field->body, field->size));
    }
    if (field->control)
        return check_fixed(check, &here, entry, field->body, field->size);
    return check_data(check, links, &here, entry);
}

/* Reports what has to be in a record and is not. */
static int check_missing(mrrci_check *check, const uint32_t *in_groups) {
    const mrrci_table *table = check->table;
    for (uint32_t i = 0; i < table->fields_count; i++) {
        uint32_t entry = table->fields + i * MRRCI_FIELD_ENTRY;
        const uint8_t *tag = table->bytes.data + entry;
        if (!(mrrci_u8(table, entry + MRRCI_FIELD_FLAGS) & MRRCI_IS_REQUIRED) ||
            check->counts[i] > 0 || entry == table->leader)
            continue;
        mrrc_finding finding =
            mrrci_finding(check, MRRC_RULE_FIELD_MISSING,
                          mrrci_u8(table, entry + MRRCI_FIELD_MISSING), entry, NULL, 0);
        memcpy(finding.tag, tag, 3);
        MRRCI_TRY(mrrci_report(check, &finding));
    }
    for (uint32_t i = 0; i < table->groups_count; i++) {
        uint32_t entry = table->groups + i * MRRCI_GROUP_ENTRY;
        if (in_groups[i] >= mrrci_u16(table, entry + MRRCI_GROUP_LEAST))
            continue;
        mrrc_finding finding =
            mrrci_finding(check, MRRC_RULE_GROUP_MISSING,
                          mrrci_u8(table, entry + MRRCI_GROUP_TOO_FEW), entry, NULL, 0);
        MRRCI_TRY(mrrci_report(check, &finding));
    }
    return MRRC_OK;
}

static int check_record(mrrci_check *check, mrrci_links *links, const uint8_t *packed,
                        size_t size) {
    uint32_t in_groups[UINT8_MAX] = {0};
    mrrci_cursor cursor;
    mrrci_field field;
    int more;
    MRRCI_TRY(mrrci_fields_begin(&cursor, packed, size));
    check->leader = packed;
    check->found = 0;
    memset(check->seen, 0, sizeof check->seen);
    memset(check->counts, 0, check->table->fields_count * sizeof *check->counts);
    MRRCI_TRY(check_leader(check));
    while ((more = mrrci_field_next(&cursor, &field)) > 0)
        MRRCI_TRY(check_field(check, links, &field, in_groups));
    MRRCI_TRY(more);
    MRRCI_TRY(mrrci_links_settle(links, check));
    return check_missing(check, in_groups);
}

static uint8_t kind_of(uint8_t type) {
    return type == 'z' ? MRRC_KIND_AUTHORITY
           : type == 'u' || type == 'v' || type == 'x' || type == 'y' ? MRRC_KIND_HOLDINGS
                                                                      : MRRC_KIND_BIBLIOGRAPHIC;
}

int mrrc_validate(const mrrc_rules *rules, const uint8_t *packed, const uint32_t *ends,
                  size_t count, mrrc_buffer *out, mrrc_error *err) {
    mrrci_links links = {{{NULL}, 0, 0}, {{NULL}, 0, 0}};
    mrrc_buffer counts = {{NULL}, 0, 0};
    mrrci_check check = {.block = packed, .out = out};
    uint32_t begin = 0, fields = 1;
    for (int kind = 0; kind < MRRCI_KINDS; kind++)
        if (fields < rules->tables[kind].fields_count)
            fields = rules->tables[kind].fields_count;
    int status = mrrci_buffer_reserve(&counts, fields * sizeof *check.counts);
    check.counts = (void *)counts.data;
    for (size_t i = 0; i < count && status >= 0; begin = ends[i], i++) {
        const uint32_t size = ends[i] < begin ? 0 : ends[i] - begin;
        check.record = (uint32_t)i;
        check.kind = size < MRRCI_LEADER_SIZE ? MRRC_KIND_BIBLIOGRAPHIC : kind_of(packed[begin + 6]);
        if (rules->tables[check.kind].bytes.size == 0)
            check.kind = MRRC_KIND_BIBLIOGRAPHIC;
        check.table = &rules->tables[check.kind];
        if (check.table->bytes.size == 0) {
            status = mrrci_fail(err, MRRC_ERR_ARGUMENT, 0);
            break;
        }
        size_t before = out->size;
        status = check_record(&check, &links, packed + begin, size);
        if (status < 0) {
            out->size = before;
            mrrci_fail(err, status, begin);
            if (err != NULL)
                err->record = i + 1;
        }
    }
    mrrci_links_free(&links);
    mrrci_buffer_clear(&counts);
    return status;
}
