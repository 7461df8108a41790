/* Any output of the go command: a graph that answers, or an error. */
#include <stdint.h>
#include <stdlib.h>

#include "build/golang/graph.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    static const char *const PATHS[] = {"/app/main.go",
                                        "/app/a/b.txt",
                                        "/app/new_windows.go",
                                        "/app/main_test.go",
                                        "/app/x.c",
                                        "/",
                                        "",
                                        "main.go"};
    struct err err = {0};
    struct graph *graph = graph_parse((const char *)data, len, &err);
    if (!graph) {
        if (err.code == 0 || !*err.message)
            abort();
        return 0;
    }
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        const char *package = NULL;
        (void)graph_file(graph, PATHS[i], &package);
    }
    (void)graph_outside_dirs(graph, "/app");
    if (!graph_main_dir(graph) || graph_packages(graph) == 0)
        abort();
    graph_free(graph);
    return 0;
}
