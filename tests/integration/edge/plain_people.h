// Who is one person, as the documentation says it and as slowly as it reads: lists and loops, no
// code of the server's. Histories are compared with it. Not for more than some dozens of
// identifiers.
#ifndef SELFSAME_TESTS_INTEGRATION_EDGE_PLAIN_PEOPLE_H_
#define SELFSAME_TESTS_INTEGRATION_EDGE_PLAIN_PEOPLE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace selfsame::test {

struct PlainKind {
  int priority = 0;
  int limit = 0;
  int shared_above = 0;  // 0: never.
};
using PlainRules = std::map<std::string, PlainKind>;

// Identifiers by their node ids as text: by these, ties break.
using Person = std::set<std::string>;

struct PlainEvidence {
  enum Strength { kSeen = 2, kStated = 3, kForced = 4 };

  std::string a;  // Smaller than b.
  std::string b;
  int strength = kSeen;
  std::int64_t time = 0;
  bool is_revoked = false;
};

// Nobody has a member of each.
struct PlainGroups {
  Person one;
  Person other;
};

struct PlainClaim {
  std::string anchor;
  int trust = 0;
  std::int64_t time = 0;
  std::string value;
  int source = 0;  // In the order of their creation.
  std::string key;
};

struct PlainOverrides {
  bool limits = false;
  bool cannot_links = false;
};

class PlainPeople {
 public:
  explicit PlainPeople(PlainRules rules) : rules_(std::move(rules)) {}

  void SetRules(PlainRules rules) { rules_ = std::move(rules); }
  // Returns the anchor. Keys are kinds by node id.
  std::string See(const std::map<std::string, std::string>& identifiers, std::int64_t time);
  void Claim(PlainClaim claim) { claims_.push_back(std::move(claim)); }

  // Decisions. False: refused, and nothing changes. Requires: known identifiers, two different
  // ones.
  bool Merge(const std::string& x, const std::string& y, PlainOverrides overrides);
  bool Pin(const std::string& identifier, const std::string& whose, PlainOverrides overrides);
  bool Unmerge(const Person& leavers);
  void CannotLink(const std::string& x, const std::string& y);
  void ClearCannotLink(const std::string& x, const std::string& y);

  // Instead of all decisions so far: what was revoked or stated by hand, and the groups.
  void TakeDecisions(const std::vector<PlainEvidence>& decided, std::vector<PlainGroups> groups);

  std::set<Person> People() const;
  Person PersonOf(const std::string& identifier) const;
  // The claim that a person's attribute names by the rule "latest"; null without any.
  const PlainClaim* Latest(const Person& person) const;
  const std::map<std::string, std::string>& kinds() const { return kinds_; }

 private:
  bool IsShared(const std::string& node) const;
  bool IsOut(const PlainEvidence& one) const;
  bool AreApart(const Person& some, const Person& others) const;
  bool AreTooMany(const Person& some, const Person& others) const;
  std::vector<Person> Unite(std::vector<PlainEvidence>* joined) const;
  PlainEvidence& Evidence(const std::string& x, const std::string& y, int strength,
                          std::int64_t time);
  void State(const std::string& x, const std::string& y, int strength);
  void StateWhole(const Person& person);
  void Clear(const Person& some, const Person& others);
  // Takes `after` over where these are one person in it.
  bool Adopt(PlainPeople after, const Person& together);

  PlainRules rules_;
  std::map<std::string, std::string> kinds_;  // By node id.
  std::vector<PlainEvidence> evidence_;
  std::vector<PlainGroups> groups_;
  std::vector<PlainClaim> claims_;
  std::int64_t decisions_ = 0;
};

}  // namespace selfsame::test

#endif  // SELFSAME_TESTS_INTEGRATION_EDGE_PLAIN_PEOPLE_H_
