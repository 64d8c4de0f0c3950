// Vocabularies to and from their messages.
#ifndef SELFSAME_SERVER_EDGE_VOCABULARY_ENCODE_H_
#define SELFSAME_SERVER_EDGE_VOCABULARY_ENCODE_H_

#include <span>
#include <vector>

#include "base/result.h"
#include "selfsame/schema/v1/schema.pb.h"
#include "storage/vocabularies.h"

namespace selfsame::edge {

// Without terms.
void EncodeVocabulary(const storage::VocabularyRow& row, schema::v1::Vocabulary* reply);
void EncodeTerms(std::span<const storage::Term> terms, schema::v1::Vocabulary* reply);

// Checks name and terms as the server will use them.
// Errors: kInvalidArgument FIELDS_INVALID, naming every field that is wrong.
Result<std::vector<storage::Term>> DecodeTerms(
    const schema::v1::RegisterVocabularyRequest& request);

}  // namespace selfsame::edge

#endif  // SELFSAME_SERVER_EDGE_VOCABULARY_ENCODE_H_
