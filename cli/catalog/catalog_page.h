// The data catalog as a page to be passed on: to those who have no tool and no key.
#ifndef SELFSAME_CLI_CATALOG_CATALOG_PAGE_H_
#define SELFSAME_CLI_CATALOG_CATALOG_PAGE_H_

#include <string>
#include <string_view>

#include "base/time.h"
#include "selfsame/catalog/v1/catalog.pb.h"

namespace selfsame::cli {

// Markdown, a table for each schema.
std::string CatalogMarkdown(const catalog::v1::ListFieldsResponse& fields, TimeUs now);

// One HTML file that needs nothing else: no network, no framework. Reads well on a phone; a box
// filters the fields, and without scripts everything is simply shown.
std::string CatalogHtml(const catalog::v1::ListFieldsResponse& fields, TimeUs now);

// Text within HTML, in elements and in quoted attributes.
std::string EscapeHtml(std::string_view text);
// Text within a cell of a table in Markdown.
std::string EscapeMarkdownCell(std::string_view text);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_CATALOG_CATALOG_PAGE_H_
