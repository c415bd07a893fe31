/* SPDX-License-Identifier: MIT
 *
 * query_match.c: a compiled filter run over one record.  The record's fields are laid out in a
 * table first, which the tests go through; no other memory is asked for, but by patterns and
 * likeness.  What a test asks of a record is linear in its size; where conditions make it more,
 * there is a limit.
 */
#include <limits.h>

#include "packed.h"
#include "query.h"
#include "query_program.h"

/* A field that is asked for is not what it should be: the record has to be packed first. */
#define UNSURE INT_MIN

struct mrrci_matcher {
    mrrci_tester tester;
    const mrrc_filter *filter;
    mrrc_buffer places;       /* mrrci_place each */
    size_t count;
    const uint8_t *leader;
    enum mrrci_trust trust;
};

mrrci_matcher *mrrci_matcher_new(const mrrc_filter *filter) {
    mrrci_matcher *matcher = mrrci_new(sizeof *matcher);
    if (matcher == NULL)
        return NULL;
    matcher->filter = matcher->tester.filter = filter;
    if (mrrci_patterns_begin(&matcher->tester.patterns, filter) < 0) {
        mrrci_matcher_free(matcher);
        return NULL;
    }
    return matcher;
}

void mrrci_matcher_free(mrrci_matcher *matcher) {
    if (matcher == NULL)
        return;
    mrrci_patterns_end(&matcher->tester.patterns);
    mrrci_buffer_clear(&matcher->tester.points);
    mrrci_folded_clear(&matcher->tester.value);
    mrrci_folded_clear(&matcher->tester.other);
    mrrci_buffer_clear(&matcher->places);
    mrrci_free(matcher);
}

static int spend(mrrci_matcher *matcher, uint64_t work) {
    if (work > matcher->tester.work)
        return MRRC_ERR_QUERY_LIMIT;
    matcher->tester.work -= work;
    return MRRC_OK;
}

/* ---- fields ---- */

/* Whether a body that was not packed yet would be packed as it is.  All its bytes are looked at in
 * one go, with the one before it and the terminator behind. */
static bool is_sound(const mrrci_place *place, bool control, enum mrrci_trust trust) {
    const uint8_t *body = place->body;
    size_t size = place->size;
    uint8_t stray = 0, all = 0, odd = 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t here = body[i], before = body[i - 1];
        uint8_t structural = (uint8_t)(here - MRRCI_RECORD) <= 2;
        stray |= (uint8_t)((here == MRRCI_RECORD) | (here == MRRCI_FIELD));
        stray |= (uint8_t)((before == MRRCI_SUBFIELD) & (structural | here >> 7));
        odd |= (uint8_t)(((uint8_t)(here - 0x20) > 0x5E) & !structural);
        all |= here;
    }
    if (stray != 0 || (size > 0 && body[size - 1] == MRRCI_SUBFIELD))
        return false;
    if (control ? memchr(body, MRRCI_SUBFIELD, size) != NULL
                : size < 2 || ((body[0] | body[1]) & 0x80) != 0 || body[0] == MRRCI_SUBFIELD ||
                      body[1] == MRRCI_SUBFIELD || (size > 2 && body[2] != MRRCI_SUBFIELD))
        return false;
    if (trust == MRRCI_TRUST_ASCII)
        return odd == 0;
    return trust == MRRCI_TRUST_BYTES || all < 0x80 || mrrci_utf8_valid(body, size);
}

/* Where a walk over the fields that a reference means is. */
typedef struct walk {
    const mrrci_reference *reference;
    size_t at;
    size_t seen, from, end;   /* fields that suit, and which of them are wanted */
    bool head;                /* up to the first data field */
} walk;

static inline bool has_tag(const mrrci_reference *reference, const mrrci_place *place) {
    if (reference->one_tag)
        return place->word == reference->word;
    uint8_t tag[4];
    memcpy(tag, &place->word, sizeof tag);
    return mrrci_has(&reference->tag[0], tag[0]) && mrrci_has(&reference->tag[1], tag[1]) &&
           mrrci_has(&reference->tag[2], tag[2]);
}

/* The next field that suits, wanted or not.  Returns 1, 0 or UNSURE. */
static inline int next_suiting(const mrrci_matcher *matcher, walk *walk, mrrci_field *field) {
    const mrrci_place *places = (const mrrci_place *)(const void *)matcher->places.data;
    while (walk->at < matcher->count) {
        const mrrci_place *place = &places[walk->at++];
        bool control = mrrci_word_is_control(place->word);
        if (walk->head && !control) {
            /* the field ends the walk if it is not left out of the packed record */
            bool stays = matcher->trust == MRRCI_TRUST_PACKED ||
                         is_sound(place, control, matcher->trust);
            return stays ? 0 : UNSURE;
        }
        if (!has_tag(walk->reference, place))
            continue;
        if (matcher->trust != MRRCI_TRUST_PACKED && !is_sound(place, control, matcher->trust))
            return UNSURE;
        *field = (mrrci_field){(const uint8_t *)&place->word, place->body, place->size, control};
        if (mrrci_suits(walk->reference, field))
            return 1;
    }
    return 0;
}

static int begin_walk(const mrrci_matcher *matcher, walk *walk, const mrrci_reference *reference,
                      bool head) {
    size_t count = 0;
    mrrci_field field;
    *walk = (struct walk){.reference = reference, .end = SIZE_MAX, .head = head};
    if (!reference->indexed)
        return MRRC_OK;
    if (reference->occurrence.tail > 0) {
        int more;
        while ((more = next_suiting(matcher, walk, &field)) > 0)
            count++;
        MRRCI_TRY(more);
        walk->at = 0;
    }
    mrrci_resolve(&reference->occurrence, count, &walk->from, &walk->end);
    return MRRC_OK;
}

/* The next field that is wanted.  Returns 1, 0 or UNSURE. */
static int next_field(const mrrci_matcher *matcher, walk *walk, mrrci_field *field) {
    int more;
    do {
        if (walk->seen >= walk->end)
            return 0;
        if ((more = next_suiting(matcher, walk, field)) <= 0)
            return more;
    } while (walk->seen++ < walk->from);
    return 1;
}

/* ---- conditions ---- */

/* What stands before the braces. */
typedef struct context {
    const mrrci_field *field; /* NULL for the leader */
    const mrrci_stretch *value;  /* NULL where a whole data field stands there */
} context;

/* Where a walk over the values of a term is. */
typedef struct term_walk {
    const mrrci_term *term;
    const mrrci_reference *reference;
    const context *context;
    walk fields;
    mrrci_values values;
    bool inside;              /* of a field whose subfields are walked over */
    bool done;
} term_walk;

static int begin_term(mrrci_matcher *matcher, term_walk *walk, const mrrci_term *term,
                      const context *context) {
    walk->term = term;
    walk->context = context;
    walk->reference = MRRCI_AT(mrrci_reference, matcher->filter->references, term->reference);
    walk->inside = walk->done = false;
    if (term->kind == MRRCI_TERM_RECORD && walk->reference->kind != MRRCI_REFERENCE_LEADER) {
        MRRCI_TRY(spend(matcher, matcher->count + 1));
        return begin_walk(matcher, &walk->fields, walk->reference, false);
    }
    return MRRC_OK;
}

/* The one value that a field has for a reference, unless that names subfields. */
static bool one_value(const mrrci_reference *reference, const mrrci_field *field,
                      mrrci_stretch *value) {
    switch (reference->kind) {
    case MRRCI_REFERENCE_CHARACTERS:
        return mrrci_cut(&reference->characters, field->body, field->size, value);
    case MRRCI_REFERENCE_RANGE:
        mrrci_cut_range(&reference->characters, field->body, field->size, true, value);
        return true;
    case MRRCI_REFERENCE_INDICATOR_1:
    case MRRCI_REFERENCE_INDICATOR_2:
        return mrrci_cut_indicator(field, reference->kind == MRRCI_REFERENCE_INDICATOR_2, value);
    default:
        *value = (mrrci_stretch){field->body, field->size};
        return true;
    }
}

/* The only value of a term, at the first call. */
static bool term_value(const mrrci_matcher *matcher, term_walk *walk, mrrci_stretch *value) {
    const mrrci_stretch *at_hand = walk->context->value;
    if (walk->done)
        return false;
    walk->done = true;
    switch (walk->term->kind) {
    case MRRCI_TERM_TEXT:
        *value = (mrrci_stretch){matcher->filter->bytes.data + walk->term->text.offset,
                              walk->term->text.size};
        return true;
    case MRRCI_TERM_CONTEXT:
        if (at_hand != NULL)
            *value = *at_hand;
        return at_hand != NULL;
    case MRRCI_TERM_VALUE:
        return at_hand != NULL &&
               mrrci_cut(&walk->reference->characters, at_hand->at, at_hand->size, value);
    case MRRCI_TERM_FIELD:
        return one_value(walk->reference, walk->context->field, value);
    default:
        return mrrci_cut(&walk->reference->characters, matcher->leader, MRRCI_LEADER_SIZE, value);
    }
}

/* Steps to a term's next value.  Returns 1, 0 or a fault. */
static int next_term(mrrci_matcher *matcher, term_walk *walk, mrrci_stretch *value) {
    const mrrci_part *part;
    mrrci_field field;
    const mrrci_reference *reference = walk->reference;
    bool record = walk->term->kind == MRRCI_TERM_RECORD &&
                  reference->kind != MRRCI_REFERENCE_LEADER;
    bool subfields = (record || walk->term->kind == MRRCI_TERM_FIELD) &&
                     reference->kind == MRRCI_REFERENCE_SUBFIELDS;
    MRRCI_TRY(spend(matcher, 1));
    if (!record && !subfields)
        return term_value(matcher, walk, value);
    for (;;) {
        if (walk->inside && mrrci_value_next(&walk->values, value, &part))
            return 1;
        if (record) {
            int more = next_field(matcher, &walk->fields, &field);
            if (more <= 0)
                return more;
        } else {
            if (walk->done || walk->context->field == NULL || walk->context->field->control)
                return 0;
            walk->done = true;
            field = *walk->context->field;
        }
        MRRCI_TRY(spend(matcher, field.size / 16 + 1));
        if (subfields) {
            walk->inside = true;
            mrrci_values_begin(&walk->values, reference, &field);
        } else if (one_value(reference, &field, value)) {
            return 1;
        }
    }
}

static int exists(mrrci_matcher *matcher, const mrrci_term *term, const context *context) {
    term_walk walk;
    mrrci_stretch value;
    MRRCI_TRY(begin_term(matcher, &walk, term, context));
    return next_term(matcher, &walk, &value);
}

/* Whether one value is so with another.  Returns 1, 0 or MRRC_ERR_MEMORY. */
static int is_so(mrrci_tester *tester, enum mrrci_condition_kind kind, mrrci_stretch left,
                 mrrci_stretch right) {
    uint32_t fold = tester->filter->fold;
    if (fold != 0) {
        MRRCI_TRY(mrrci_fold(fold, &tester->value, &left.at, &left.size));
        MRRCI_TRY(mrrci_fold(fold, &tester->other, &right.at, &right.size));
    }
    if (kind == MRRCI_CONDITION_EQUAL)
        return left.size == right.size &&
               (left.size == 0 || memcmp(left.at, right.at, left.size) == 0);
    return right.size == 0 || (left.size >= right.size &&
                               mrrci_find(left.at, left.size, right.at, right.size) != NULL);
}

/* Whether some value on the left is so with one on the right; negated, whether there is one on
 * the left, and none is. */
static int condition_holds(mrrci_matcher *matcher, const mrrci_condition *condition,
                           const context *context) {
    term_walk lefts, rights;
    mrrci_stretch left, right;
    bool any = false;
    int more;
    if (condition->kind == MRRCI_CONDITION_EXISTS) {
        more = exists(matcher, &condition->right, context);
        return more < 0 ? more : (more > 0) != condition->negated;
    }
    MRRCI_TRY(begin_term(matcher, &lefts, &condition->left, context));
    while ((more = next_term(matcher, &lefts, &left)) > 0) {
        any = true;
        MRRCI_TRY(begin_term(matcher, &rights, &condition->right, context));
        while ((more = next_term(matcher, &rights, &right)) > 0) {
            /* what is made alike is made so once for each pair */
            uint64_t work = matcher->filter->fold == 0 ? left.size / 16 : 4 * (left.size + right.size);
            MRRCI_TRY(spend(matcher, work));
            more = is_so(&matcher->tester, condition->kind, left, right);
            if (more > 0)
                return !condition->negated;
            MRRCI_TRY(more);
        }
        MRRCI_TRY(more);
    }
    MRRCI_TRY(more);
    return condition->negated && any;
}

/* Whether all conditions of a list hold, or of those joined by bars one. */
static int conditions_hold(mrrci_matcher *matcher, uint32_t number, const mrrci_field *field,
                           const mrrci_stretch *value) {
    if (number == 0)
        return 1;
    const mrrci_conditions *list = MRRCI_AT(mrrci_conditions, matcher->filter->lists, number);
    const mrrci_condition *conditions =
        MRRCI_AT(mrrci_condition, matcher->filter->conditions, list->first);
    const context context = {field, value};
    int holds = 1;
    for (uint32_t i = 0; i < list->count; i++) {
        if (conditions[i].other ? holds != 0 : holds == 0) {
            if (!conditions[i].other)
                return 0;
            continue;
        }
        holds = condition_holds(matcher, &conditions[i], &context);
        MRRCI_TRY(holds);
    }
    return holds;
}

/* ---- values of a field ---- */

/* Whether one of the test's strings is not in the field at all, where it would have to be. */
static bool is_hopeless(const mrrci_matcher *matcher, const mrrci_test *test,
                        const mrrci_field *field) {
    if (test->negated || test->count != 1 || matcher->filter->fold != 0 ||
        (test->operator != MRRCI_CONTAINS && test->operator != MRRCI_EQUAL &&
         test->operator != MRRCI_STARTS && test->operator != MRRCI_ENDS))
        return false;
    const mrrci_string *string = MRRCI_AT(mrrci_string, matcher->filter->strings, test->first);
    if (string->size == 0)
        return false;
    return field->size < string->size ||
           mrrci_find(field->body, field->size, matcher->filter->bytes.data + string->offset,
                      string->size) == NULL;
}

/* What became of the values of one field. */
typedef struct tally {
    uint64_t found;           /* values */
    uint64_t passed;          /* of them */
} tally;

static int test_one(mrrci_matcher *matcher, uint32_t test, const mrrci_stretch *value,
                    tally *tally) {
    int passed = 1;
    if (test != 0)
        passed = mrrci_test_value(&matcher->tester,
                                  MRRCI_AT(mrrci_test, matcher->filter->tests, test), value->at,
                                  value->size);
    MRRCI_TRY(passed);
    tally->found++;
    tally->passed += passed > 0;
    return MRRC_OK;
}

/* Tests the values of a field, for ANY up to the first that passes, for ALL up to the first that
 * does not. */
static int test_field(mrrci_matcher *matcher, const mrrci_node *node, enum mrrci_quantity quantity,
                      const mrrci_field *field, tally *tally) {
    const mrrci_reference *reference =
        MRRCI_AT(mrrci_reference, matcher->filter->references, node->reference);
    const mrrci_part *part;
    mrrci_stretch value;
    int holds;
    if (reference->kind != MRRCI_REFERENCE_SUBFIELDS) {
        if (reference->kind == MRRCI_REFERENCE_FIELD && !field->control && node->test != 0)
            return MRRC_OK; /* it has no value of its own */
        if (!one_value(reference, field, &value))
            return MRRC_OK;
        bool whole = reference->kind == MRRCI_REFERENCE_FIELD && !field->control;
        holds = conditions_hold(matcher, reference->conditions, field, whole ? NULL : &value);
        return holds <= 0 ? holds : test_one(matcher, node->test, &value, tally);
    }
    if (field->control)
        return MRRC_OK;
    if (quantity == MRRCI_ANY && node->test != 0 &&
        is_hopeless(matcher, MRRCI_AT(mrrci_test, matcher->filter->tests, node->test), field))
        return MRRC_OK;
    mrrci_values values;
    mrrci_values_begin(&values, reference, field);
    while (mrrci_value_next(&values, &value, &part)) {
        if (part->conditions != 0) {
            holds = conditions_hold(matcher, part->conditions, field, &value);
            MRRCI_TRY(holds);
            if (holds == 0)
                continue;
        }
        MRRCI_TRY(test_one(matcher, node->test, &value, tally));
        if (quantity == MRRCI_ANY && tally->passed > 0)
            break;
        if (quantity == MRRCI_ALL && tally->passed < tally->found)
            break;
    }
    return MRRC_OK;
}

/* ---- nodes ---- */

static bool in_bound(const mrrci_bound *bound, uint64_t number) {
    bool holds = bound->operator == MRRCI_EQUAL  ? number == bound->number
                 : bound->operator == MRRCI_LESS ? number < bound->number
                                                 : number <= bound->number;
    return holds != bound->negated;
}

static int run(mrrci_matcher *matcher, uint32_t number, const mrrci_field *field);

/* Whether fields suit, and what is in their braces holds. */
static int run_fields(mrrci_matcher *matcher, const mrrci_node *node) {
    const mrrci_reference *reference =
        MRRCI_AT(mrrci_reference, matcher->filter->references, node->reference);
    walk walk;
    mrrci_field field;
    uint64_t count = 0;
    int more;
    MRRCI_TRY(begin_walk(matcher, &walk, reference, node->head));
    while ((more = next_field(matcher, &walk, &field)) > 0) {
        if (field.control && node->child != 0)
            continue; /* braces are for data fields: not even ALL or ! in them holds of another */
        const mrrci_stretch value = {field.body, field.size};
        int holds = conditions_hold(matcher, reference->conditions, &field,
                                    field.control ? &value : NULL);
        if (holds > 0 && node->child != 0)
            holds = run(matcher, node->child, &field);
        MRRCI_TRY(holds);
        if (holds > 0 && node->quantity == MRRCI_ANY)
            return 1;
        if (holds == 0 && node->quantity == MRRCI_ALL)
            return 0;
        count += holds > 0;
    }
    MRRCI_TRY(more);
    return node->quantity == MRRCI_COUNT ? in_bound(&node->bound, count)
                                         : node->quantity == MRRCI_ALL;
}

static int run_leader(mrrci_matcher *matcher, const mrrci_node *node,
                      const mrrci_reference *reference) {
    mrrci_stretch value;
    tally tally = {0, 0};
    if (mrrci_cut(&reference->characters, matcher->leader, MRRCI_LEADER_SIZE, &value)) {
        int holds = conditions_hold(matcher, reference->conditions, NULL, &value);
        MRRCI_TRY(holds);
        if (holds > 0)
            MRRCI_TRY(test_one(matcher, node->test, &value, &tally));
    }
    return node->quantity == MRRCI_COUNT ? in_bound(&node->bound, tally.found) : tally.passed > 0;
}

/* Whether values pass a test: of any field, or of every one, at least one value does. */
static int run_values(mrrci_matcher *matcher, const mrrci_node *node) {
    const mrrci_reference *reference =
        MRRCI_AT(mrrci_reference, matcher->filter->references, node->reference);
    walk walk;
    mrrci_field field;
    tally all = {0, 0};
    int more;
    if (reference->kind == MRRCI_REFERENCE_LEADER)
        return run_leader(matcher, node, reference);
    MRRCI_TRY(begin_walk(matcher, &walk, reference, node->head));
    while ((more = next_field(matcher, &walk, &field)) > 0) {
        tally one = {0, 0};
        enum mrrci_quantity quantity = node->quantity == MRRCI_COUNT ? MRRCI_COUNT : MRRCI_ANY;
        MRRCI_TRY(test_field(matcher, node, quantity, &field, &one));
        if (node->quantity == MRRCI_ANY && one.passed > 0)
            return 1;
        if (node->quantity == MRRCI_ALL && one.passed == 0)
            return 0;
        all.found += one.found;
    }
    MRRCI_TRY(more);
    return node->quantity == MRRCI_COUNT ? in_bound(&node->bound, all.found)
                                         : node->quantity == MRRCI_ALL;
}

static int run_subfields(mrrci_matcher *matcher, const mrrci_node *node, const mrrci_field *field) {
    tally tally = {0, 0};
    MRRCI_TRY(test_field(matcher, node, node->quantity, field, &tally));
    if (node->quantity == MRRCI_COUNT)
        return in_bound(&node->bound, tally.found);
    return node->quantity == MRRCI_ALL ? tally.passed == tally.found : tally.passed > 0;
}

/* The number that digits of the leader make; what is no number is in no bound. */
static int run_leader_number(const mrrci_matcher *matcher, const mrrci_node *node) {
    const mrrci_span *span =
        &MRRCI_AT(mrrci_reference, matcher->filter->references, node->reference)->characters;
    uint64_t number = 0;
    for (size_t i = span->from; i < span->end; i++) {
        uint8_t digit = matcher->leader[i];
        if (digit < '0' || digit > '9')
            return 0;
        number = number * 10 + (digit - '0');
    }
    return in_bound(&node->bound, number);
}

/* Runs a node, of a record or where there is a field of that.  It goes as deep as the text had
 * brackets and negations, of which there is a limit. */
static int run(mrrci_matcher *matcher, uint32_t number, const mrrci_field *field) {
    const mrrci_node *node = MRRCI_AT(mrrci_node, matcher->filter->nodes, number);
    int holds;
    switch (node->kind) {
    case MRRCI_NODE_NOT:
        holds = run(matcher, node->child, field);
        return holds < 0 ? holds : !holds;
    case MRRCI_NODE_AND:
    case MRRCI_NODE_OR:
        for (uint32_t child = node->child; child != 0;
             child = MRRCI_AT(mrrci_node, matcher->filter->nodes, child)->next) {
            holds = run(matcher, child, field);
            if (holds < 0 || (holds > 0) == (node->kind == MRRCI_NODE_OR))
                return holds;
        }
        return node->kind == MRRCI_NODE_AND;
    case MRRCI_NODE_LEADER_NUMBER:
        return run_leader_number(matcher, node);
    case MRRCI_NODE_FIELDS:
        return run_fields(matcher, node);
    case MRRCI_NODE_VALUES:
        return run_values(matcher, node);
    case MRRCI_NODE_SUBFIELDS:
        return run_subfields(matcher, node, field);
    }
    return 0;
}

/* ---- records ---- */

bool mrrci_match_needs_fields(const mrrci_matcher *matcher) {
    return matcher->filter->needs_fields;
}

mrrci_place *mrrci_match_room(mrrci_matcher *matcher, size_t count) {
    matcher->places.size = 0;
    if (mrrci_buffer_reserve(&matcher->places, (count + 1) * sizeof(mrrci_place)) < 0)
        return NULL;
    return (mrrci_place *)(void *)matcher->places.data;
}

static void begin_record(mrrci_matcher *matcher, const uint8_t *leader, size_t count,
                         enum mrrci_trust trust) {
    matcher->leader = leader;
    matcher->count = count;
    matcher->trust = trust;
    matcher->tester.work = MRRCI_QUERY_WORK;
}

int mrrci_match_places(mrrci_matcher *matcher, const uint8_t *leader, size_t count,
                       enum mrrci_trust trust) {
    begin_record(matcher, leader, count, trust);
    int status = run(matcher, matcher->filter->root, NULL);
    return status == UNSURE ? MRRC_UNDECODED : status;
}

/* Lays out the fields of a packed record. */
static int lay_out(mrrci_matcher *matcher, const uint8_t *packed, size_t size, size_t *count) {
    mrrci_cursor cursor;
    mrrci_field field;
    int more;
    matcher->places.size = 0;
    MRRCI_TRY(mrrci_fields_begin(&cursor, packed, size));
    while ((more = mrrci_field_next(&cursor, &field)) > 0) {
        MRRCI_TRY(mrrci_buffer_reserve(&matcher->places, sizeof(mrrci_place)));
        const mrrci_place place = {mrrci_tag_word(field.tag), (uint32_t)field.size, field.body};
        memcpy(matcher->places.data + matcher->places.size, &place, sizeof place);
        matcher->places.size += sizeof place;
    }
    *count = matcher->places.size / sizeof(mrrci_place);
    return more;
}

int mrrci_match_begin(mrrci_matcher *matcher, const uint8_t *packed, size_t size) {
    size_t count = 0;
    if (size < MRRCI_LEADER_SIZE || size > UINT32_MAX)
        return MRRC_ERR_PACKED_INVALID;
    if (matcher->filter->needs_fields)
        MRRCI_TRY(lay_out(matcher, packed, size, &count));
    begin_record(matcher, packed, count, MRRCI_TRUST_PACKED);
    return MRRC_OK;
}

int mrrci_match_conditions(mrrci_matcher *matcher, uint32_t number, const mrrci_field *field,
                           const mrrci_stretch *value) {
    return conditions_hold(matcher, number, field, value);
}

int mrrci_match(mrrci_matcher *matcher, const uint8_t *packed, size_t size) {
    MRRCI_TRY(mrrci_match_begin(matcher, packed, size));
    return run(matcher, matcher->filter->root, NULL);
}

int mrrci_match_also(mrrci_matcher *matcher, const mrrci_matcher *other) {
    const mrrc_buffer own = matcher->places;
    matcher->places = other->places;
    int status = mrrci_match_places(matcher, other->leader, other->count, other->trust);
    matcher->places = own;
    return status;
}
