/* SPDX-License-Identifier: MIT
 *
 * pipeline.c: a reader whose pieces are decoded, filtered and encoded by a pool.  It decides what
 * is done to a piece and in which order the caller hears of it; when and by whom, the pool does.
 * What is left of a piece behind its first batch, as after a fault in strict mode, is read
 * by the caller's own thread.
 */
#include <errno.h>

#include "columns.h"
#include "encoder.h"
#include "internal.h"
#include "pool.h"
#include "reader.h"
#include "source.h"

typedef struct slot {
    mrrc_reader *reader;      /* of this piece */
    int status;               /* of its first batch */
    mrrc_batch_view view;
    mrrc_error err;
    bool made;                /* what the pipeline is for was done with that batch */
    mrrci_written written;
    mrrc_columns_out *rows;
} slot;

struct mrrc_pipeline {
    mrrc_reader *reader;
    mrrci_pool *pool;
    slot *slots;
    size_t count;
    mrrc_encoder **encoders;  /* one for each thread, or NULL */
    const mrrc_columns *columns; /* or NULL */
    unsigned workers;
    uint32_t flags;
    size_t block;
    bool over;                /* nothing is to be taken any more; for who takes */
    slot *held;               /* what the caller has; or NULL */
};

/* ---- what the threads do ---- */

static int take(void *context, size_t number) {
    mrrc_pipeline *pipeline = context;
    slot *slot = &pipeline->slots[number];
    int status;
    if (pipeline->over)
        return MRRC_END;
    do {
        memset(&slot->err, 0, sizeof slot->err);
        status = mrrci_reader_cut(pipeline->reader, pipeline->flags, pipeline->block,
                                  slot->reader, &slot->err);
    } while (status == MRRC_ERR_IO && slot->err.system == EINTR);
    if (status > 0)
        return status;
    slot->status = status;
    slot->made = false;
    pipeline->over = status < MRRC_FATAL;
    return MRRC_OK;
}

/* Makes the rows of a batch; where that fails, the caller does, and is told. */
static bool make_rows(const mrrc_pipeline *pipeline, slot *slot, uint64_t number) {
    size_t done;
    mrrc_columns_out_free(slot->rows); /* those of a piece before were moved, or not wanted */
    slot->rows = mrrc_columns_out_new(
        pipeline->columns, mrrci_columns_rows_of(pipeline->columns, slot->view.count));
    return slot->rows != NULL &&
           mrrc_columns_records(pipeline->columns, &slot->view, 0, slot->view.count, number,
                                slot->rows, &done) == MRRC_OK;
}

static void run(void *context, unsigned worker, size_t number) {
    mrrc_pipeline *pipeline = context;
    slot *slot = &pipeline->slots[number];
    uint64_t before = slot->reader->records;
    if (slot->status != MRRC_OK)
        return; /* the fault is all there is */
    slot->status = mrrc_reader_next(slot->reader, pipeline->flags, &slot->view, &slot->err);
    if (slot->status != MRRC_OK || slot->view.marked > 0)
        return;
    if (pipeline->columns != NULL) {
        slot->made = make_rows(pipeline, slot, before + 1);
    } else if (pipeline->encoders != NULL) {
        mrrci_encoder_part(pipeline->encoders[worker], &slot->view, &slot->written);
        slot->made = true;
    }
}

static void wake(void *context) {
    mrrc_pipeline *pipeline = context;
    mrrci_source_interrupt(&pipeline->reader->source);
}

/* ---- beginning and end ---- */

static void free_parts(mrrc_pipeline *pipeline) {
    for (size_t i = 0; pipeline->slots != NULL && i < pipeline->count; i++) {
        mrrc_reader_free(pipeline->slots[i].reader);
        mrrci_written_clear(&pipeline->slots[i].written);
        mrrc_columns_out_free(pipeline->slots[i].rows);
    }
    for (size_t i = 0; pipeline->encoders != NULL && i < pipeline->workers; i++)
        mrrc_encoder_free(pipeline->encoders[i]);
    mrrci_free(pipeline->slots);
    mrrci_free(pipeline->encoders);
    mrrci_free(pipeline);
}

static int make_slots(mrrc_pipeline *pipeline) {
    pipeline->slots = mrrci_new(pipeline->count * sizeof *pipeline->slots);
    if (pipeline->slots == NULL)
        return MRRC_ERR_MEMORY;
    for (size_t i = 0; i < pipeline->count; i++) {
        mrrc_reader *reader = mrrci_reader_like(pipeline->reader);
        if (reader == NULL)
            return MRRC_ERR_MEMORY;
        pipeline->slots[i].reader = reader;
    }
    return MRRC_OK;
}

static int make_encoders(mrrc_pipeline *pipeline, const mrrc_encoder *encoder) {
    if (encoder == NULL || !mrrci_encoder_may_part(encoder))
        return MRRC_OK;
    pipeline->encoders = mrrci_new(pipeline->workers * sizeof *pipeline->encoders);
    if (pipeline->encoders == NULL)
        return MRRC_ERR_MEMORY;
    for (unsigned i = 0; i < pipeline->workers; i++) {
        pipeline->encoders[i] = mrrci_encoder_like(encoder);
        if (pipeline->encoders[i] == NULL)
            return MRRC_ERR_MEMORY;
    }
    return MRRC_OK;
}

static int start(mrrc_pipeline *pipeline, const mrrc_encoder *encoder, mrrc_error *err) {
    mrrci_work work = {take, run, wake, pipeline};
    if (make_slots(pipeline) < 0 || make_encoders(pipeline, encoder) < 0)
        return mrrci_fail(err, MRRC_ERR_MEMORY, 0);
    MRRCI_TRY(mrrci_source_guard(&pipeline->reader->source, err));
    return mrrci_pool_start(&pipeline->pool, &work, pipeline->workers, pipeline->count, err);
}

/* What a pipeline is for. */
typedef struct purpose {
    const mrrc_encoder *encoder;
    const mrrc_columns *columns;
} purpose;

static mrrc_pipeline *make(mrrc_reader *reader, purpose purpose, uint32_t workers,
                           uint32_t capacity, size_t block, uint32_t flags, mrrc_error *err) {
    if (workers == 0 || workers > MRRCI_WORKERS_MAX || capacity == 0 ||
        capacity > MRRCI_SLOTS_MAX - MRRCI_WORKERS_MAX || block == 0 || block > MRRCI_BLOCK_MOST) {
        (void)mrrci_fail(err, MRRC_ERR_ARGUMENT, 0);
        return NULL;
    }
    mrrc_pipeline *pipeline = mrrci_new(sizeof *pipeline);
    if (pipeline == NULL) {
        (void)mrrci_fail(err, MRRC_ERR_MEMORY, 0);
        return NULL;
    }
    pipeline->reader = reader;
    pipeline->columns = purpose.columns;
    pipeline->workers = workers;
    pipeline->count = (size_t)capacity + workers;
    pipeline->block = block;
    pipeline->flags = flags & ~(uint32_t)MRRC_READ_BRIEFLY; /* a piece is brief enough */
    if (start(pipeline, purpose.encoder, err) < 0) {
        free_parts(pipeline);
        return NULL;
    }
    return pipeline;
}

mrrc_pipeline *mrrc_pipeline_new(mrrc_reader *reader, const mrrc_encoder *encoder,
                                 uint32_t workers, uint32_t capacity, size_t block, uint32_t flags,
                                 mrrc_error *err) {
    return make(reader, (purpose){.encoder = encoder}, workers, capacity, block, flags, err);
}

mrrc_pipeline *mrrc_pipeline_of_columns(mrrc_reader *reader, const mrrc_columns *columns,
                                        uint32_t workers, uint32_t capacity, size_t block,
                                        uint32_t flags, mrrc_error *err) {
    return make(reader, (purpose){.columns = columns}, workers, capacity, block, flags, err);
}

void mrrc_pipeline_stop(mrrc_pipeline *pipeline) {
    mrrci_pool_stop(pipeline->pool);
}

void mrrc_pipeline_free(mrrc_pipeline *pipeline) {
    if (pipeline != NULL && mrrci_pool_end(pipeline->pool))
        free_parts(pipeline);
}

uint32_t mrrc_pipeline_workers(const mrrc_pipeline *pipeline) {
    return mrrci_pool_threads(pipeline->pool);
}

/* ---- what the caller does ---- */

int mrrc_pipeline_feed(mrrc_pipeline *pipeline, const uint8_t *data, size_t size) {
    if (!mrrci_pool_is_hungry(pipeline->pool))
        return MRRC_ERR_ARGUMENT;
    MRRCI_TRY(mrrc_reader_feed(pipeline->reader, data, size));
    mrrci_pool_fed(pipeline->pool);
    return MRRC_OK;
}

/* Tells of a slot that the pool gave. */
static int tell(const slot *slot, mrrc_batch_view *view, mrrc_error *err) {
    if (slot->status < 0 && err != NULL && err->code == 0)
        *err = slot->err;
    if (slot->status == MRRC_OK)
        *view = slot->view;
    return slot->status;
}

int mrrc_pipeline_next(mrrc_pipeline *pipeline, uint32_t milliseconds, mrrc_batch_view *view,
                       mrrc_error *err) {
    int status = MRRC_END;
    memset(view, 0, sizeof *view);
    if (!mrrci_pool_is_own(pipeline->pool))
        return mrrci_fail(err, MRRC_ERR_FORKED, 0);
    while (status == MRRC_END) {
        size_t number;
        if (pipeline->held != NULL) {
            pipeline->held->made = false;
            status = mrrc_reader_next(pipeline->held->reader, pipeline->flags, view, err);
            if (status != MRRC_END)
                return status;
            pipeline->held = NULL;
            mrrci_pool_give_back(pipeline->pool);
        }
        status = mrrci_pool_wait(pipeline->pool, milliseconds, &number);
        if (status != MRRC_OK)
            return status < 0 ? mrrci_fail(err, status, 0) : status;
        pipeline->held = &pipeline->slots[number];
        status = tell(pipeline->held, view, err);
    }
    return status;
}

int mrrc_pipeline_encode(mrrc_pipeline *pipeline, uint32_t milliseconds, mrrc_encoder *encoder,
                         mrrc_buffer *out, mrrc_batch_view *view, size_t *done, mrrc_error *err) {
    *done = 0;
    int status = mrrc_pipeline_next(pipeline, milliseconds, view, err);
    if (status != MRRC_OK || view->marked > 0)
        return status != MRRC_OK ? status : MRRC_UNDECODED;
    if (pipeline->held->made)
        return mrrci_encoder_join(encoder, &pipeline->held->written, out, done, err);
    return mrrc_encoder_records(encoder, view->block, view->ends, view->count, out, done, err);
}

int mrrc_pipeline_rows(mrrc_pipeline *pipeline, mrrc_columns_out *out) {
    slot *held = pipeline->held;
    if (held == NULL || !held->made || held->rows == NULL || mrrc_columns_out_rows(out) > 0)
        return MRRC_UNDECODED;
    mrrci_columns_out_move(out, held->rows);
    held->made = false;
    return MRRC_OK;
}

const mrrc_reader *mrrc_pipeline_piece(const mrrc_pipeline *pipeline) {
    return pipeline->held == NULL ? NULL : pipeline->held->reader;
}
