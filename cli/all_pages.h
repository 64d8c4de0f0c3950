// Lists that come in pages, read to the end.
#ifndef SELFSAME_CLI_ALL_PAGES_H_
#define SELFSAME_CLI_ALL_PAGES_H_

#include <utility>

#include "base/result.h"

namespace selfsame::cli {

// The rows of all pages in one response. `call` asks for one page, within a deadline of its own.
// Errors: as `call`.
template <typename Response, typename Request, typename Call>
Result<Response> AllPages(Request request, const Call& call) {
  constexpr int kPageSize = 200;
  request.set_page_size(kPageSize);
  Response all;
  do {
    SELFSAME_ASSIGN_OR_RETURN(Response page, call(request));
    request.set_page_token(std::move(*page.mutable_next_page_token()));
    page.clear_next_page_token();
    all.MergeFrom(page);
  } while (!request.page_token().empty());
  return all;
}

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_ALL_PAGES_H_
