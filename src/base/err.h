/*
 * Errors: made once, at the cause, read once, by the command that reports it.
 *
 * A function that can fail returns int: 0, or one of the negative codes below, and fills the
 * caller's struct err. The code decides the exit status; place, message and hint are what a person
 * reads. The struct lives with the caller (usually on its stack) and owns nothing.
 */
#ifndef ZONDA_BASE_ERR_H
#define ZONDA_BASE_ERR_H

enum err_code {
    ERR_APP = -1,      /* the app or its build failed: exit 1 */
    ERR_USAGE = -2,    /* wrong command line: exit 2 */
    ERR_CONFIG = -3,   /* wrong configuration: exit 3 */
    ERR_SYSTEM = -111, /* the system refused: exit 111 */
};

struct err {
    int code;          /* 0 while nothing has failed */
    char place[256];   /* file:line:column, or empty */
    char message[512]; /* one sentence, no full stop at its end */
    char hint[256];    /* what to do about it, or empty */
};

/* Sets code and message (printf-like) and clears place and hint. Returns code, to be returned. */
int err_set(struct err *err, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same for a failed system call: ERR_SYSTEM, and strerror(errnum) after the message. */
int err_system(struct err *err, int errnum, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds the place or the hint to an error already set. */
void err_place(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
void err_hint(struct err *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
