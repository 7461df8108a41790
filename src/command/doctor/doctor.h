/*
 * zonda doctor: checks, each a few lines of findings in a report.
 *
 * A check looks, and never changes anything. It adds at least one finding.
 */
#ifndef ZONDA_COMMAND_DOCTOR_DOCTOR_H
#define ZONDA_COMMAND_DOCTOR_DOCTOR_H

#include "base/json.h"
#include "base/strs.h"
#include "base/vec.h"
#include "command/command.h"
#include "config/config.h"
#include "config/problem.h"

enum finding_level { FINDING_OK, FINDING_WARN, FINDING_FAIL };

struct finding {
    enum finding_level level;
    const char *topic; /* "watch limits" */
    char *message;
    char *hint; /* or NULL */
};

struct doctor {
    const struct arguments *arguments;
    char *root;               /* the project's, or the working directory */
    struct config *config;    /* NULL: it is not valid */
    struct strs env;          /* zonda's own */
    struct json *status;      /* of the zonda that runs here, or NULL */
    struct problems problems; /* of the configuration */
    VEC(struct finding) findings;
};

void doctor_add(struct doctor *doctor, enum finding_level level, const char *topic,
                const char *hint, const char *format, ...) __attribute__((format(printf, 5, 6)));

void check_system(struct doctor *doctor);  /* versions, descriptors, terminal, locale */
void check_config(struct doctor *doctor);  /* the file, and whether it is valid */
void check_running(struct doctor *doctor); /* another zonda here */
void check_target(struct doctor *doctor);  /* what is built and run */
void check_tree(struct doctor *doctor);    /* directories against watch limits, file system */
void check_tmp(struct doctor *doctor);     /* tmp_dir: writable, same file system, space */
void check_go(struct doctor *doctor);      /* toolchain */
void check_ports(struct doctor *doctor);   /* who holds the ports of the app */

/* Runs a short command with env in "/" and gives what it prints on stdout; its standard error is
   dropped. ERR_SYSTEM where it cannot be started, fails, or takes longer than timeout_ms. */
int doctor_capture(const char *const *argv, const struct strs *env, uint32_t timeout_ms,
                   struct buf *out, struct err *err);

#endif
