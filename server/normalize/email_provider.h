// What the large mail providers deliver to one mailbox, so that a person who writes her address in
// two ways is still one. Only what a provider documents; never more, since uniting two mailboxes
// unites two people.
#ifndef SELFSAME_SERVER_NORMALIZE_EMAIL_PROVIDER_H_
#define SELFSAME_SERVER_NORMALIZE_EMAIL_PROVIDER_H_

#include <string>
#include <string_view>

namespace selfsame::normalize {

// The key of the mailbox behind an address:
//   gmail.com, googlemail.com    one domain; full stops and what follows a "+" do not count;
//   providers with "+" tags      what follows the first "+" does not count (the table in the .cc);
//   all others                   the address itself.
// A local part that would be left empty is kept whole.
// Requires: both in lower case, `domain` in ASCII. Thread-safe.
std::string MailboxKey(std::string_view local, std::string_view domain);

}  // namespace selfsame::normalize

#endif  // SELFSAME_SERVER_NORMALIZE_EMAIL_PROVIDER_H_
