// The version of the normalization rules. It is stored beside what they made, so that a change of
// rules can find the values to be made again.
#ifndef SELFSAME_SERVER_NORMALIZE_VERSION_H_
#define SELFSAME_SERVER_NORMALIZE_VERSION_H_

namespace selfsame::normalize {

// Counted up whenever any normalizer gives another answer for some value.
inline constexpr int kNormalizerVersion = 3;

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_VERSION_H_
