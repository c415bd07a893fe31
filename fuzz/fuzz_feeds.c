/* SPDX-License-Identifier: MIT
 *
 * fuzz_feeds.c: a libFuzzer entry.  Reads any bytes by a format that the first of them chooses,
 * whole and in feeds of one byte and of a size that the second chooses, and stops where the
 * outcomes differ: in records, places, notes or faults.
 * fuzz/run.sh builds and runs it.
 */
#include "outcome.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const formats[] = {"mrk",  "line", "aleph",    "turbomarc",
                                          "json", "mods", "marcjson", "marc"};
    mrrc_buffer wanted = {0}, seen = {0};
    if (size < 2)
        return 0;
    const char *format = formats[data[0] % (sizeof formats / sizeof *formats)];
    size_t feeds[] = {1, 2 + (size_t)data[1]};
    data += 2;
    size -= 2;
    outcome_of(format, data, size, 0, 0, &wanted);
    for (size_t i = 0; i < sizeof feeds / sizeof *feeds; i++) {
        outcome_of(format, data, size, 0, feeds[i], &seen);
        if (seen.size != wanted.size ||
            (seen.size > 0 && memcmp(seen.data, wanted.data, seen.size) != 0))
            abort();
    }
    mrrci_buffer_clear(&wanted);
    mrrci_buffer_clear(&seen);
    return 0;
}
