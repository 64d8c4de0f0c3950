#include "tests/e2e/retail/retail_truth.h"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <set>
#include <vector>

namespace selfsame::test {
namespace {

[[noreturn]] void Die(const char* what) {
  std::fprintf(stderr, "retail file: %s\n", what);
  std::abort();
}

std::string ReadWhole(const std::string& path) {
  archive* in = archive_read_new();
  archive_read_support_filter_all(in);
  archive_read_support_format_raw(in);
  archive_entry* entry = nullptr;
  if (archive_read_open_filename(in, path.c_str(), 1 << 16) != ARCHIVE_OK) Die("cannot be opened");
  if (archive_read_next_header(in, &entry) != ARCHIVE_OK) Die("cannot be read");
  std::string text;
  std::vector<char> piece(1 << 20);
  la_ssize_t got = 0;
  while ((got = archive_read_data(in, piece.data(), piece.size())) > 0)
    text.append(piece.data(), got);
  if (got < 0) Die("is cut off");
  archive_read_free(in);
  return text;
}

// Field by field, in the plainest way: quotes toggle, a doubled quote is one quote.
class Lines {
 public:
  explicit Lines(const std::string& text) : text_(text) {}
  bool Next(std::vector<std::string>* fields) {
    if (at_ >= text_.size()) return false;
    fields->assign(1, "");
    for (bool quoted = false; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"' && quoted && at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        fields->back().push_back('"');
        ++at_;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields->emplace_back();
      } else if (c == '\n' && !quoted) {
        ++at_;
        return true;
      } else {
        fields->back().push_back(c);
      }
    }
    return true;
  }

 private:
  const std::string& text_;
  std::size_t at_ = 0;
};

std::string Known(const std::string& cell) { return cell == "NA" ? "" : cell; }

std::string Joined(const std::vector<std::string>& fields) {
  std::string joined;
  for (const std::string& field : fields) joined += field + '\n';
  return joined;
}

}  // namespace

void ForEachOrderLine(const std::string& path, const std::function<void(const OrderLine&)>& visit) {
  const std::string text = ReadWhole(path);
  Lines lines(text);
  std::vector<std::string> fields;
  if (!lines.Next(&fields)) Die("is empty");
  const auto column = [&](const char* name) {
    const auto found = std::find(fields.begin(), fields.end(), name);
    if (found == fields.end()) Die("lacks a column");
    return static_cast<std::size_t>(found - fields.begin());
  };
  const std::size_t invoice = column("InvoiceNo");
  const std::size_t customer = column("CustomerID");
  const std::size_t quantity = column("Quantity");
  const std::size_t unit_price = column("UnitPrice");
  const std::size_t country = column("Country");
  const std::size_t description = column("Description");
  const std::size_t time = column("InvoiceDate");
  while (lines.Next(&fields)) {
    visit({.invoice = fields.at(invoice),
           .customer = Known(fields.at(customer)),
           .description = Known(fields.at(description)),
           .time = fields.at(time),
           .quantity = std::atoll(fields.at(quantity).c_str()),
           .unit_price = std::atof(fields.at(unit_price).c_str()),
           .country = fields.at(country),
           .whole = Joined(fields)});
  }
}

RetailTruth ReadRetailTruth(const std::string& path) {
  std::set<std::string> customers, invoices;
  RetailTruth truth;
  ForEachOrderLine(path, [&](const OrderLine& line) {
    ++truth.rows;
    line.customer.empty() ? invoices.insert(line.invoice) : customers.insert(line.customer);
  });
  truth.customers = static_cast<std::int64_t>(customers.size());
  truth.orphaned_invoices = static_cast<std::int64_t>(invoices.size());
  return truth;
}

}  // namespace selfsame::test
