/* SPDX-License-Identifier: MIT
 *
 * c_modes.c: reads a file of ISO 2709 in a mode and says how many records and notes there were.
 * It measures nothing itself: modes.sh counts its instructions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mrrc.h"

static uint32_t flag_of(const char *mode) {
    static const struct {
        const char *name;
        uint32_t flag;
    } modes[] = {
        {"default", 0},
        {"strict", MRRC_READ_STRICT},
        {"lenient", MRRC_READ_LENIENT},
        {"permissive", MRRC_READ_PERMISSIVE},
        {"detect", MRRC_READ_PERMISSIVE | MRRC_READ_DETECT},
    };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(modes[i].name, mode) == 0)
            return modes[i].flag;
    fprintf(stderr, "c_modes: no mode %s\n", mode);
    exit(2);
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fprintf(stderr, "usage: c_modes FILE MODE RECORDS\n");
        return 2;
    }
    uint32_t flags = flag_of(argv[2]);
    size_t wanted = (size_t)strtoul(argv[3], NULL, 10), records = 0, notes = 0, faults = 0;
    mrrc_error error = {0};
    mrrc_batch_view view;
    mrrc_reader *reader = mrrc_reader_new(mrrc_format_find("marc"));
    if (reader == NULL || mrrc_reader_open_path(reader, argv[1], &error) != MRRC_OK) {
        fprintf(stderr, "c_modes: cannot read %s\n", argv[1]);
        return 1;
    }
    for (int status = MRRC_OK; status != MRRC_END && records < wanted;) {
        memset(&error, 0, sizeof error);
        status = mrrc_reader_next(reader, flags, &view, &error);
        if (status < MRRC_FATAL)
            break;
        faults += status < 0;
        records += status == MRRC_OK ? view.count : 0;
        notes += status == MRRC_OK ? view.notes_count : 0;
    }
    mrrc_reader_free(reader);
    printf("%zu records, %zu notes, %zu faults\n", records, notes, faults);
    return 0;
}
