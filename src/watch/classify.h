/*
 * Classify: what a changed file means for the app, and the reason in words.
 *
 * Pure apart from reading the header of a changed Go file. The order: zonda's own configuration,
 * the rules of config (first match wins), only_extensions, the import graph, the default rules for
 * a Gin project, config's extensions; of the defaults only that for configuration files comes after
 * these, as an extension that is named there leads to a build. Defaults: .go, go.mod, go.sum,
 * go.work and embedded files build; _test.go, packages that main does not import and files left out
 * by build constraints do nothing; templates refresh where gin's debug mode reads them again and
 * restart otherwise; static files refresh; .env and the app's configuration files (yaml, yml, toml,
 * json, ini, conf, properties outside static and node_modules) restart; everything else does
 * nothing.
 */
#ifndef ZONDA_WATCH_CLASSIFY_H
#define ZONDA_WATCH_CLASSIFY_H

#include "build/golang/graph.h"
#include "config/config.h"
#include "watch/plan.h"

struct classify {
    const struct config *config;
    const struct graph *graph; /* NULL: unknown, or not a Go project */
    bool graph_stale;          /* it is being read again: every Go file that is not a test counts */
    bool build_failed;         /* the last build failed: the same */
    bool is_go;                /* root has a go.mod or go.work */
    const struct strs *app_env; /* for GIN_MODE; may be NULL */
};

/* The verdict on one file. */
void classify_file(const struct classify *classify, const char *path, enum change_kind kind,
                   struct verdict *verdict);

/* The plan for a batch; plan_fini. */
void classify_batch(const struct classify *classify, const struct batch *batch, struct plan *plan);

#endif
