// A file that was compiled into the binary (cmake/embed).
#ifndef SELFSAME_BASE_EMBEDDED_FILE_H_
#define SELFSAME_BASE_EMBEDDED_FILE_H_

#include <string_view>

namespace selfsame {

struct EmbeddedFile {
  std::string_view name;  // Without its folder.
  std::string_view text;
};

}  // namespace selfsame

#endif  // SELFSAME_BASE_EMBEDDED_FILE_H_
