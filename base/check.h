// CHECK aborts on a programmer's mistake or a broken invariant, in every build. Input, network
// and database never CHECK: they return errors. Receipts make a restart after an abort safe.
#ifndef SELFSAME_BASE_CHECK_H_
#define SELFSAME_BASE_CHECK_H_

namespace selfsame {

// Writes the failed expression and its place to stderr, then aborts.
[[noreturn]] void CheckFailed(const char* expression, const char* file, int line);

}  // namespace selfsame

#define SELFSAME_CHECK(expression) \
  ((expression) ? void(0) : ::selfsame::CheckFailed(#expression, __FILE__, __LINE__))

#endif  // SELFSAME_BASE_CHECK_H_
