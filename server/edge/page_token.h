// Tokens of pages: where the next page begins. A token is good for the list and the filters that it
// was made for; it is opaque to clients, and not a secret.
#ifndef SELFSAME_SERVER_EDGE_PAGE_TOKEN_H_
#define SELFSAME_SERVER_EDGE_PAGE_TOKEN_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace selfsame::edge {

// A list as it was asked for. No text holds a NUL: a request with one matches nothing.
struct PagedList {
  std::string_view name;
  std::vector<std::string> filters;
};

std::string EncodePageToken(const PagedList& list, const std::vector<std::string>& position);

// The position that was encoded, of `parts` texts; nothing for the first page, whose token is
// empty. Errors: kInvalidArgument PAGE_TOKEN_MALFORMED: not a token, or one of another list or
// other filters.
Result<std::vector<std::string>> DecodePageToken(const PagedList& list, const std::string& token,
                                                 std::size_t parts);

// A number of a position. Requires: made by std::to_string, which the token's checksum ensures.
std::uint32_t PositionNumber(const std::string& text);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_PAGE_TOKEN_H_
