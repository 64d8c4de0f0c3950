#include "cli/catalog/catalog_page.h"

#include <fmt/format.h>

#include <vector>

#include "base/check.h"
#include "cli/catalog/catalog_text.h"
#include "cli/catalog_template.h"
#include "cli/enum_label.h"
#include "cli/timestamp.h"

namespace selfsame::cli {
namespace {

using catalog::v1::Field;
using catalog::v1::ListFieldsResponse;

struct Cell {
  const char* heading;
  std::string text;
};

std::string RulesOf(const Field& field) {
  std::string rules;
  const auto add = [&rules](bool applies, const std::string& word) {
    if (applies) rules += (rules.empty() ? "" : ", ") + word;
  };
  add(field.is_required(), "required");
  add(field.is_recommended(), "recommended");
  add(field.format() != options::v1::FORMAT_UNSPECIFIED, EnumLabel(field.format()));
  add(field.is_deprecated(), "deprecated");
  return rules.empty() ? "-" : rules;
}

// What both pages say of a field, in the same order.
std::vector<Cell> CellsOf(const Field& field) {
  return {{"Field", field.path()},
          {"Type", field.type()},
          {"Class", EnumLabel(field.class_())},
          {"Rules", RulesOf(field)},
          {"Purpose", field.purpose()},
          {"Legal basis", EnumLabel(field.legal_basis())},
          {"Kept", fmt::format("{} days", field.retention_days())},
          {"Owner", field.owner()},
          {"Sent by", SenderNames(field)},
          {"Filled", FilledText(field)},
          {"Last sent", FormatMoment(field.last_seen_at())},
          {"Profile", field.attribute().empty() ? "-" : field.attribute()},
          {"Read by", ConsumerNames(field)}};
}

// Calls `schema` before the first field of each schema, then `field` for each.
template <typename OnSchema, typename OnField>
void Walk(const ListFieldsResponse& fields, const OnSchema& on_schema, const OnField& on_field) {
  std::string current;
  for (const Field& field : fields.fields()) {
    if (field.schema() != current) on_schema(field);
    current = field.schema();
    on_field(field);
  }
}

std::string HtmlRow(const Field& field) {
  std::string row = "<tr>";
  for (const Cell& cell : CellsOf(field)) {
    row += fmt::format("<td data-label=\"{}\">{}</td>", EscapeHtml(cell.heading),
                       EscapeHtml(cell.text));
  }
  return row + "</tr>\n";
}

std::string HtmlHead() {
  std::string head = "<thead><tr>";
  for (const Cell& cell : CellsOf(Field())) head += fmt::format("<th>{}</th>", cell.heading);
  return head + "</tr></thead>";
}

std::string HtmlSections(const ListFieldsResponse& fields) {
  std::string html;
  const std::string end = "</tbody></table></section>\n";
  Walk(
      fields,
      [&](const Field& field) {
        if (!html.empty()) html += end;
        html += fmt::format("<section><h2>{} <small>version {}</small></h2>\n<table>{}<tbody>\n",
                            EscapeHtml(field.schema()), field.schema_version(), HtmlHead());
      },
      [&](const Field& field) { html += HtmlRow(field); });
  return html.empty() ? "<p>There are no fields yet.</p>\n" : html + end;
}

// Puts `text` where the template has the mark. Requires: it has it, once.
void Put(std::string& page, std::string_view mark, const std::string& text) {
  const std::size_t at = page.find(mark);
  SELFSAME_CHECK(at != std::string::npos);
  page.replace(at, mark.size(), text);
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::string EscapeMarkdownCell(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*_{}[]<>|#";
  std::string escaped;
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c == '\n' || c == '\r' ? ' ' : c;
  }
  return escaped;
}

std::string CatalogMarkdown(const ListFieldsResponse& fields, TimeUs now) {
  std::string page = fmt::format("# Data catalog\n\n{} fields, as of {}.\n", fields.fields_size(),
                                 FormatTimestamp(ToTimestamp(now)));
  Walk(
      fields,
      [&](const Field& field) {
        page += fmt::format("\n## {} version {}\n\n|", EscapeMarkdownCell(field.schema()),
                            field.schema_version());
        std::string rule = "|";
        for (const Cell& cell : CellsOf(field)) {
          page += fmt::format(" {} |", cell.heading);
          rule += "---|";
        }
        page += "\n" + rule + "\n";
      },
      [&](const Field& field) {
        page += "|";
        for (const Cell& cell : CellsOf(field)) {
          page += fmt::format(" {} |", EscapeMarkdownCell(cell.text));
        }
        page += "\n";
      });
  return page;
}

std::string CatalogHtml(const ListFieldsResponse& fields, TimeUs now) {
  std::string page(CatalogTemplateFiles()[0].text);
  Put(page, "{{as_of}}", FormatTimestamp(ToTimestamp(now)));
  Put(page, "{{field_count}}", fmt::format("{}", fields.fields_size()));
  Put(page, "{{sections}}", HtmlSections(fields));  // Last: what it holds is not looked through.
  return page;
}

}  // namespace selfsame::cli
