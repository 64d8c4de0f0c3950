#include "cli/schema/protoc.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <sstream>
#include <system_error>

#include "cli/options_proto.h"
#include "cli/text_file.h"
#include "storage/pg/child_process.h"

namespace selfsame::cli {
namespace {

using google::protobuf::FileDescriptorSet;
namespace fs = std::filesystem;

constexpr std::chrono::seconds kProtocWait{60};
constexpr std::size_t kSetBytesMax = 64 << 20;
constexpr const char* kOptionsFolder = "selfsame/options/v1";

// A folder that is gone at the end of the scope.
class ScratchFolder {
 public:
  static Result<ScratchFolder> Make() {
    std::error_code failed;
    std::string path = (fs::temp_directory_path(failed) / "selfsame.XXXXXX").string();
    if (failed || ::mkdtemp(path.data()) == nullptr) {
      return Error{ErrorCode::kFailedPrecondition, "FILE_UNWRITABLE",
                   fmt::format("cannot make a temporary folder: {}", std::strerror(errno))};
    }
    return ScratchFolder(path);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, "")) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;

  std::string File(const char* name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  explicit ScratchFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

std::optional<std::string> FindOnPath(const std::string& program) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    const std::string candidate = folder + "/" + program;
    if (folder.starts_with('/') && ::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

// protoc runs in another folder than we do.
std::string Absolute(const std::string& path) {
  std::error_code failed;
  const fs::path absolute = fs::absolute(path, failed);
  return failed ? path : absolute.lexically_normal().string();
}

// The options file where protoc looks for it.
Status WriteOptions(const ScratchFolder& scratch) {
  std::error_code failed;
  fs::create_directories(scratch.path() + "/include/" + kOptionsFolder, failed);
  for (const EmbeddedFile& file : OptionsProtoFiles()) {
    SELFSAME_RETURN_IF_ERROR(WriteFile(
        fmt::format("{}/include/{}/{}", scratch.path(), kOptionsFolder, file.name), file.text));
  }
  return {};
}

std::vector<std::string> Arguments(const std::string& protoc, const ProtoFiles& protos,
                                   const ScratchFolder& scratch) {
  std::vector<std::string> arguments = {protoc, "--include_imports",
                                        "--descriptor_set_out=" + scratch.File("set")};
  for (const std::string& folder : protos.include_dirs)
    arguments.push_back("-I" + Absolute(folder));
  if (protos.include_dirs.empty()) arguments.push_back("-I" + Absolute("."));
  arguments.push_back("-I" + scratch.File("include"));
  for (const std::string& file : protos.files) arguments.push_back(Absolute(file));
  return arguments;
}

Status RunProtoc(const std::vector<std::string>& arguments, const ScratchFolder& scratch) {
  const auto child = pg::ChildProcess::Start(
      {.arguments = arguments, .output_path = scratch.File("said"), .run_as = {}});
  if (!child.ok()) return child.error();
  if (!(*child)->AwaitExit(kProtocWait)) {
    return Error{ErrorCode::kDeadlineExceeded, "PROTOC_TIMEOUT", "protoc does not come to an end"};
  }
  if ((*child)->succeeded()) return {};
  auto said = ReadTextFile(scratch.File("said"));
  std::string text = said.ok() ? *std::move(said) : "";
  while (text.ends_with('\n')) text.pop_back();
  return Error{ErrorCode::kInvalidArgument, "PROTO_INVALID", "protoc refuses the files:\n" + text};
}

}  // namespace

Result<FileDescriptorSet> CompileProtos(const ProtoFiles& protos) {
  const auto protoc = FindOnPath("protoc");
  if (!protoc) {
    return Error{ErrorCode::kFailedPrecondition, "PROTOC_MISSING",
                 "there is no protoc on PATH; install protobuf-compiler, or give "
                 "--descriptor-set with what it made elsewhere"};
  }
  for (const std::string& file : protos.files) {
    SELFSAME_RETURN_IF_ERROR(ToStatus(ReadTextFile(file)));  // A clearer word than protoc's.
  }
  SELFSAME_ASSIGN_OR_RETURN(const ScratchFolder scratch, ScratchFolder::Make());
  SELFSAME_RETURN_IF_ERROR(WriteOptions(scratch));
  SELFSAME_RETURN_IF_ERROR(RunProtoc(Arguments(*protoc, protos, scratch), scratch));
  SELFSAME_ASSIGN_OR_RETURN(const std::string bytes,
                            ReadTextFile(scratch.File("set"), kSetBytesMax));
  FileDescriptorSet set;
  if (!set.ParseFromString(bytes)) {
    return Error{ErrorCode::kInternal, "PROTO_INVALID", "protoc wrote no descriptor set"};
  }
  return set;
}

}  // namespace selfsame::cli
