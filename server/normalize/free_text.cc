#include "server/normalize/free_text.h"

#include "server/normalize/text.h"

namespace selfsame::normalize {

Result<std::string> NormalizeText(std::string_view value) {
  if (value.size() > kFreeTextBytesMax || !IsUtf8(value)) {
    return Invalid("TEXT_INVALID", "a text is UTF-8 of at most 65536 bytes");
  }
  return TidyLines(value);
}

}  // namespace selfsame::normalize
