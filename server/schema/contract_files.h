// The .proto files this server is built from, for clients that ask by reflection. Only generated
// code: schemas that tenants register are in no answer.
#ifndef SELFSAME_SERVER_SCHEMA_CONTRACT_FILES_H_
#define SELFSAME_SERVER_SCHEMA_CONTRACT_FILES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace selfsame::schema {

// Serialized FileDescriptorProtos: the file, then every file it imports, each once.
using ContractFiles = std::vector<std::string>;

// All are thread-safe. Errors: kNotFound, with the reasons FILE_UNKNOWN, SYMBOL_UNKNOWN,
// EXTENSION_UNKNOWN and MESSAGE_UNKNOWN. Names have no leading dot.
Result<ContractFiles> ContractFile(const std::string& path);
Result<ContractFiles> ContractFileOfSymbol(const std::string& name);
Result<ContractFiles> ContractFileOfExtension(const std::string& message, int number);
Result<std::vector<std::int32_t>> ContractExtensionNumbers(const std::string& message);

}  // namespace selfsame::schema

#endif  // SELFSAME_SERVER_SCHEMA_CONTRACT_FILES_H_
