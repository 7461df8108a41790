/*
 * How a Go app gets its templates, seen in its sources.
 *
 * It is a guess on the safe side: where both ways are found, a changed template restarts the app,
 * which is always right. gin reads the files of LoadHTMLGlob, LoadHTMLFiles and LoadHTMLFS again
 * for each request while it is in debug mode; a SetMode(gin.ReleaseMode) anywhere ends that.
 */
#ifndef ZONDA_BUILD_GOLANG_TEMPLATES_H
#define ZONDA_BUILD_GOLANG_TEMPLATES_H

#include <stddef.h>

/* The lines of the first call of each sort; 0: none. */
struct template_calls {
    int load;     /* gin's LoadHTML… */
    int release;  /* gin.SetMode(gin.ReleaseMode) */
    int parse;    /* ParseFiles, ParseGlob of html/template or text/template */
    int parse_fs; /* ParseFS: most of those read embedded files */
};

void templates_in_source(const char *text, size_t len, struct template_calls *calls);

#endif
