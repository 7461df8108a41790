/* Any Go file: its header, its constraints, its calls; and the same bytes as go.mod and as the head
   of a binary. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "build/golang/build_id.h"
#include "build/golang/constraint.h"
#include "build/golang/gomod.h"
#include "build/golang/graph.h"
#include "build/golang/source.h"
#include "build/golang/templates.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    const char *text = (const char *)data;
    struct template_calls calls = {0};
    struct build_tags tags;
    struct strs values = {0};
    struct buf header = BUF_INIT((size_t)1 << 24);
    char id[BUILD_ID_BYTES];

    source_header(text, len, &header);
    unsigned long long digest = graph_header_digest_of(text, len);
    if (digest == 0)
        abort();
    if (source_is_package(text, len, "main") && !source_has_package(text, len))
        abort();
    (void)source_imports(text, len, "fmt");
    templates_in_source(text, len, &calls);
    build_tags_init(&tags, NULL, NULL);
    (void)constraint_fits(&tags, "a.go", text, len);
    build_tags_fini(&tags);
    gomod_read(text, len, "use", &values);
    if (build_id_content(text, len, id) && strlen(id) >= sizeof id)
        abort();
    strs_fini(&values);
    buf_fini(&header);
    return 0;
}
