/* What jemalloc is told when the program starts; it looks for this name (jemalloc(3), TUNING).
 *
 * Huge pages      dictionaries are looked up all over: with pages of 4 KiB the processor waits for address translation, and
 *                 each page is another fault. Where the system gives no huge pages, nothing is said and ordinary ones do.
 * No giving back  what dictionaries and batches free they take again at once; given back, it would come as fresh pages.
 * Arenas          a few for all threads: each takes whole huge pages. */

__attribute__((visibility("default"))) extern const char *malloc_conf;
const char *malloc_conf = "thp:always,metadata_thp:always,narenas:4,dirty_decay_ms:-1";
