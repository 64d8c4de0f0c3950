// Telling the demonstration's story to a server: records out, outcomes in, the profile read back.
#ifndef SELFSAME_CLI_DEMO_TELLING_H_
#define SELFSAME_CLI_DEMO_TELLING_H_

#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "cli/credentials.h"
#include "cli/demo/story.h"
#include "cli/signals.h"

namespace selfsame::cli {

// Waits until the server knows the API keys of all sources, which takes it a moment.
// Errors: what the server says at the deadline; kAborted INTERRUPTED.
Status AwaitKeys(const std::string& server, const Credentials& credentials, Deadline deadline,
                 StopSignals& signals);

// Sends the steps one by one, each with its source's key, and reads the person's profile, events
// and history. Errors: as Client.
Result<StoryEnd> TellStory(const std::string& server, const Credentials& credentials,
                           const std::vector<StoryStep>& story, const Person& person);

}  // namespace selfsame::cli

#endif  // SELFSAME_CLI_DEMO_TELLING_H_
