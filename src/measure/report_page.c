/* What the pages of all reports begin with: no script, no font, no picture from elsewhere. */
#include "base/html.h"
#include "measure/report_file.h"

static const char STYLE[] =
    ":root{color-scheme:light dark;--back:#fff;--card:#f6f7f9;--text:#1c2230;--dim:#5b6475;"
    "--line:#dfe3ea;--a:#2563c9;--b:#c77a00;--c:#b3266b;--good:#1a7f4b;--bad:#c22b2b}\n"
    "@media(prefers-color-scheme:dark){:root{--back:#14171d;--card:#1c2129;--text:#e6e9ef;"
    "--dim:#98a2b3;--line:#2d3440;--a:#6aa5ff;--b:#f0b04a;--c:#f27bb1;--good:#4cc38a;"
    "--bad:#ff7b72}}\n"
    "*{box-sizing:border-box}body{margin:0 auto;padding:28px 20px 48px;max-width:1040px;"
    "background:var(--back);color:var(--text);font:15px/1.5 system-ui,sans-serif}\n"
    "h1{font-size:26px;margin:0}h2{font-size:17px;margin:34px 0 8px}p{margin:4px 0}"
    ".dim{color:var(--dim)}.note{border-left:3px solid var(--b);padding:4px 12px;"
    "margin:16px 0;background:var(--card)}\n"
    ".head{display:flex;gap:16px;align-items:baseline;flex-wrap:wrap}"
    ".badge{border-radius:99px;padding:2px 12px;font-weight:600;font-size:14px;color:var(--back);"
    "background:var(--good)}.badge.bad{background:var(--bad)}\n"
    ".tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(120px,1fr));gap:10px;"
    "margin:20px 0}.tile{background:var(--card);border:1px solid var(--line);border-radius:8px;"
    "padding:10px 14px}.tile b{display:block;font-size:21px;font-weight:650;"
    "font-variant-numeric:tabular-nums;white-space:nowrap}.tile.bad b{color:var(--bad)}\n"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;"
    "font-variant-numeric:tabular-nums}th,td{text-align:right;padding:6px 10px;"
    "border-bottom:1px solid var(--line);white-space:nowrap}th{color:var(--dim);font-weight:500}"
    "th:first-child,td:first-child{text-align:left}tr.all td{font-weight:650}"
    "td.good{color:var(--good)}td.bad{color:var(--bad)}\n"
    "figure{margin:0}svg{width:100%;height:auto;display:block}"
    ".legend{display:flex;gap:18px;font-size:13px;color:var(--dim)}.legend i{display:inline-block;"
    "width:14px;height:3px;border-radius:2px;margin-right:6px;vertical-align:middle;"
    "background:currentColor}.legend .a i{color:var(--a)}.legend .b i{color:var(--b)}"
    ".legend .c i{color:var(--c)}.legend .e i{color:var(--bad)}\n"
    ".grid,.base{stroke:var(--line);stroke-width:1;fill:none}.base{stroke:var(--dim)}"
    ".axis{fill:var(--dim);font:12px system-ui,sans-serif}.end{text-anchor:end}"
    ".mid{text-anchor:middle}.line{fill:none;stroke-width:1.8;stroke-linejoin:round}"
    ".line.a{stroke:var(--a)}.line.b{stroke:var(--b)}.line.c{stroke:var(--c)}"
    ".line.e{stroke:var(--bad)}"
    ".a.fill{fill:var(--a)}.b.fill{fill:var(--b)}"
    ".c.fill{fill:var(--c)}.e.fill{fill:var(--bad)}"
    ".name{fill:var(--text);font:13px "
    "system-ui,sans-serif}.dot{opacity:.75}.dot.round{fill:none;stroke:var(--text);stroke-width:1."
    "3}.area.a{fill:var(--a);opacity:.14}.area.e{fill:var(--bad);"
    "opacity:.25}.hint{fill:transparent}.hint:hover{fill:var(--text);opacity:.08}"
    ".reload{fill:var(--good);opacity:.16}td.words,th.words{text-align:left;white-space:normal}\n"
    "@media print{body{max-width:none}}\n";

void report_page(struct buf *out, const char *title)
{
    (void)buf_puts(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                        "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                        "<title>");
    html_escape(out, title);
    (void)buf_printf(out, "</title>\n<style>\n%s</style>\n<div class=\"head\"><h1>", STYLE);
    html_escape(out, title);
    (void)buf_puts(out, "</h1>");
}
