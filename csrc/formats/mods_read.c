/* SPDX-License-Identifier: MIT
 *
 * mods_read.c: MODS 3.0 to 3.8 to MARC 21, after the mapping of the Library of Congress.
 * Each <mods>, at whatever depth, is collected into a tree and mapped at its end, since
 * its parts depend on each other; a part that has no place in MARC is noted.  Here stands
 * what is called from outside, and who goes into which field is decided by the files
 * named after parts of MODS.
 */
#include "batch.h"
#include "conversion.h"
#include "formats.h"
#include "mods_read.h"

/* ---- the document ---- */

static bool is_ours(const mrrci_xml *xml, const mrrci_xml_element *element) {
    if ((mrrci_xml_flags(xml) & MRRC_READ_NAMESPACE) == 0)
        return true;
    return element->uri != NULL && strcmp(element->uri, MODS_NAMESPACE) == 0;
}

/* An empty buffer that has memory, so that places in it are pointers. */
static int empty(mrrc_buffer *buffer) {
    buffer->size = 0;
    return mrrci_buffer_reserve(buffer, 1);
}

static int begin_record(mods_reader *m, mrrci_xml *xml) {
    mrrci_xml_record_begin(xml);
    MRRCI_TRY(empty(&m->nodes));
    MRRCI_TRY(empty(&m->attributes));
    MRRCI_TRY(empty(&m->text));
    MRRCI_TRY(empty(&m->values));
    m->notes = 0;
    m->offset = mrrci_xml_offset(xml);
    return MRRC_OK;
}

static int on_start(void *user, mrrci_xml *xml, const mrrci_xml_element *element) {
    mods_reader *m = user;
    uint8_t name = is_ours(xml, element) ? mrrci_mods_in_element_find(element->name) : E_UNKNOWN;
    if (m->open == MODS_NONE) {
        if (name != E_MODS)
            return MRRC_OK;
        MRRCI_TRY(begin_record(m, xml));
    }
    MRRCI_TRY(mrrci_mods_in_tree_open(m, element, name));
    uint64_t offset = mrrci_xml_offset(xml);
    if (offset > m->offset) /* by no more than a record may have */
        mrrci_mods_in_node(m, m->open)->place = (uint32_t)(offset - m->offset);
    return MRRC_OK;
}

static int on_text(void *user, mrrci_xml *xml, const uint8_t *text, size_t size) {
    mods_reader *m = user;
    (void)xml;
    return m->open == MODS_NONE ? MRRC_OK : mrrci_mods_in_tree_text(m, text, size);
}

static int finish_record(mods_reader *m, mrrci_xml *xml);

static int on_end(void *user, mrrci_xml *xml, const mrrci_xml_element *element) {
    mods_reader *m = user;
    (void)element;
    if (m->open == MODS_NONE)
        return MRRC_OK;
    mrrci_mods_in_tree_close(m);
    return m->open == MODS_NONE ? finish_record(m, xml) : MRRC_OK;
}

/* ---- the same in several scripts ---- */

static bool is_same(mods_text one, mods_text other) {
    return one.size == other.size && memcmp(one.at, other.at, one.size) == 0;
}

/* The number of an element's group in the list, or how many there are. */
static size_t find_group(const mods_reader *m, uint32_t node) {
    mods_text value = mrrci_mods_in_trim(mrrci_mods_in_attribute(m, node, A_ALT_REP_GROUP));
    if (value.size > 0)
        for (size_t i = 0; i < m->group_count; i++)
            if (m->groups[i].name == mrrci_mods_in_element(m, node) &&
                is_same(m->groups[i].value, value))
                return i;
    return m->group_count;
}

static const mods_group *group_of(const mods_reader *m, uint32_t node) {
    size_t number = find_group(m, node);
    return number == m->group_count ? NULL : &m->groups[number];
}

/* A script in which MARC 21 writes the field itself. */
static bool is_latin(const mods_reader *m, uint32_t node) {
    return !mrrci_mods_in_has(m, node, A_SCRIPT) ||
           mrrci_mods_in_attribute_is(m, node, A_SCRIPT, "Latn");
}

static void take_group(mods_reader *m, uint32_t node, uint8_t *numbers) {
    size_t number = find_group(m, node);
    if (number < m->group_count) {
        mods_group *group = &m->groups[number];
        if (group->number == 0)
            group->number = ++*numbers;
        if (!is_latin(m, group->main) && is_latin(m, node))
            group->main = node;
        return;
    }
    if (m->group_count == MODS_GROUPS || !mrrci_mods_in_has(m, node, A_ALT_REP_GROUP))
        return;
    m->groups[m->group_count++] = (mods_group){
        .value = mrrci_mods_in_trim(mrrci_mods_in_attribute(m, node, A_ALT_REP_GROUP)),
        .main = node,
        .name = (uint8_t)mrrci_mods_in_element(m, node),
    };
}

static void find_groups(mods_reader *m) {
    uint8_t numbers = 0;
    m->group_count = 0;
    MODS_EACH(m, node, 0)
        take_group(m, node, &numbers);
}

uint32_t mrrci_mods_in_main(const mods_reader *m, uint32_t node) {
    const mods_group *group = group_of(m, node);
    return group == NULL ? node : group->main;
}

static void enter(mods_reader *m, uint32_t node) {
    const mods_group *group = group_of(m, node);
    m->link = group == NULL ? 0 : group->number;
    m->alternate = m->link > 0 && group->main != node;
    m->linked = false;
    m->script = mrrci_mods_in_attribute(m, node, A_SCRIPT);
}

static void leave(mods_reader *m) {
    m->link = 0;
}

/* ---- what parts have to know of each other ---- */

/* The main entry: a name that is said to be it, or the first creator's. */
static void find_main_name(mods_reader *m) {
    uint32_t creator = MODS_NONE;
    m->main_name = MODS_NONE;
    MODS_EACH_NAMED(m, name, 0, E_NAME) {
        if (mrrci_mods_in_name_kind(m, name) == MODS_UNTYPED)
            continue;
        if (mrrci_mods_in_name_is_primary(m, name)) {
            m->main_name = mrrci_mods_in_main(m, name);
            return;
        }
        if (creator == MODS_NONE && mrrci_mods_in_name_is_creator(m, name))
            creator = name;
    }
    if (creator != MODS_NONE)
        m->main_name = mrrci_mods_in_main(m, creator);
}

static void find_titles(mods_reader *m) {
    m->title = m->uniform = MODS_NONE;
    MODS_EACH_NAMED(m, title, 0, E_TITLE_INFO) {
        if (m->title == MODS_NONE && !mrrci_mods_in_has(m, title, A_TYPE))
            m->title = mrrci_mods_in_main(m, title);
        if (m->uniform == MODS_NONE && mrrci_mods_in_attribute_is(m, title, A_TYPE, "uniform"))
            m->uniform = mrrci_mods_in_main(m, title);
    }
}

/* Whether the record has an address that a media type may stand with. */
static bool has_address(const mods_reader *m) {
    MODS_EACH(m, node, 0) {
        unsigned name = mrrci_mods_in_element(m, node);
        if (name == E_IDENTIFIER && mrrci_mods_in_attribute_is(m, node, A_TYPE, "uri"))
            return true;
        if (name == E_LOCATION && mrrci_mods_in_child(m, node, E_URL) != MODS_NONE)
            return true;
    }
    return false;
}

static void find_media_type(mods_reader *m) {
    m->media_type = MODS_NONE;
    if (!has_address(m))
        return;
    MODS_EACH_NAMED(m, physical, 0, E_PHYSICAL_DESCRIPTION)
        MODS_EACH_NAMED(m, type, physical, E_INTERNET_MEDIA_TYPE) {
            m->media_type = type;
            return;
        }
}

/* ---- the mapping ---- */

static const struct {
    uint8_t name;
    void (*map)(mods_reader *m, uint32_t node);
} parts[] = {
    {E_ABSTRACT, mrrci_mods_in_abstract},
    {E_ACCESS_CONDITION, mrrci_mods_in_access},
    {E_CLASSIFICATION, mrrci_mods_in_classification},
    {E_EXTENSION, mrrci_mods_in_extension},
    {E_GENRE, mrrci_mods_in_genre_field},
    {E_IDENTIFIER, mrrci_mods_in_identifier},
    {E_LOCATION, mrrci_mods_in_location},
    {E_NOTE, mrrci_mods_in_note_field},
    {E_ORIGIN_INFO, mrrci_mods_in_origin_info},
    {E_PART, mrrci_mods_in_part},
    {E_PHYSICAL_DESCRIPTION, mrrci_mods_in_physical_description},
    {E_RELATED_ITEM, mrrci_mods_in_related_item},
    {E_SUBJECT, mrrci_mods_in_subject},
    {E_TABLE_OF_CONTENTS, mrrci_mods_in_contents},
    {E_TARGET_AUDIENCE, mrrci_mods_in_audience},
};

static void map_part(mods_reader *m, uint32_t node) {
    unsigned name = mrrci_mods_in_element(m, node);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].name == name) {
            enter(m, node);
            parts[i].map(m, node);
            return;
        }
}

/* Titles come before notes, since a title takes its statement of responsibility. */
static void map_titles_and_names(mods_reader *m) {
    MODS_EACH(m, node, 0) {
        unsigned name = mrrci_mods_in_element(m, node);
        enter(m, node);
        if (name == E_TITLE_INFO)
            mrrci_mods_in_title_info(m, node);
        else if (name == E_NAME)
            mrrci_mods_in_name_field(m, node);
    }
}

static void map_record(mods_reader *m) {
    leave(m);
    m->is_rda = m->is_lc = false;
    m->responsible[0] = m->responsible[1] = false;
    find_groups(m);
    find_main_name(m);
    find_titles(m);
    find_media_type(m);
    mrrci_mods_in_leader(m);
    if (mrrci_mods_in_end(m, 0) == 1)
        return; /* nothing in it */
    mrrci_mods_in_record_info(m);
    mrrci_mods_in_physical_codes(m);
    mrrci_mods_in_coded(m);
    mrrci_mods_in_lccns(m);
    mrrci_mods_in_countries(m);
    mrrci_mods_in_languages(m);
    mrrci_mods_in_geographic_codes(m);
    map_titles_and_names(m);
    MODS_EACH(m, node, 0)
        map_part(m, node);
    leave(m);
}

static int finish_record(mods_reader *m, mrrci_xml *xml) {
    m->xml = xml;
    mrrci_mods_in_fields_begin(m);
    map_record(m);
    MRRCI_TRY(mrrci_mods_in_fields_put(m, mrrci_xml_record(xml)));
    if (mrrci_mods_in_end(m, 0) == 1 && mrrci_mods_in_peek(m, 0).size == 0)
        MRRCI_TRY(mrrci_mods_in_note(m, 0, NULL));
    MRRCI_TRY(mrrci_mods_in_note_rest(m));
    return mrrci_xml_record_end(xml);
}

/* ---- from outside ---- */

void *mrrci_mods_open(void) {
    static const mrrci_xml_handler handler = {on_start, on_text, on_end};
    mods_reader *m = mrrci_new(sizeof *m);
    if (m == NULL)
        return NULL;
    m->open = MODS_NONE;
    m->xml = mrrci_xml_new(&handler, m);
    if (m->xml == NULL) {
        mrrci_free(m);
        return NULL;
    }
    return m;
}

void mrrci_mods_close(void *state) {
    mods_reader *m = state;
    if (m == NULL)
        return;
    mrrci_xml_free(m->xml);
    mrrci_buffer_clear(&m->nodes);
    mrrci_buffer_clear(&m->attributes);
    mrrci_buffer_clear(&m->text);
    mrrci_buffer_clear(&m->values);
    mrrci_buffer_clear(&m->fields);
    mrrci_buffer_clear(&m->index);
    mrrci_buffer_clear(&m->order);
    mrrci_free(m);
}

int mrrci_mods_decode(void *state, const mrrci_input *input, mrrci_batch *batch, size_t *used,
                      mrrc_error *err) {
    mods_reader *m = state;
    return mrrci_xml_decode(m->xml, input, batch, used, err);
}
