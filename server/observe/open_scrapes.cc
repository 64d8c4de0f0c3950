#include "server/observe/open_scrapes.h"

#include <sys/socket.h>

#include <algorithm>

namespace selfsame::observe {

void OpenScrapes::ShutDown(Scrape& scrape) {
  if (scrape.is_shut_down) return;
  scrape.is_shut_down = true;
  shutdown(scrape.socket, SHUT_RDWR);
}

void OpenScrapes::Opened(int socket, Clock::time_point now) {
  MutexLock lock(mutex_);
  open_.push_back({.socket = socket, .opened_at = now});
  std::size_t serving = 0;
  for (const Scrape& scrape : open_) serving += scrape.is_shut_down ? 0 : 1;
  if (serving <= open_max_) return;
  ShutDown(*std::find_if(open_.begin(), open_.end(),
                         [](const Scrape& scrape) { return !scrape.is_shut_down; }));
}

void OpenScrapes::Closed(int socket) {
  MutexLock lock(mutex_);
  open_.erase(std::find_if(open_.begin(), open_.end(),
                           [&](const Scrape& scrape) { return scrape.socket == socket; }));
}

void OpenScrapes::ShutDownOlderThan(Clock::time_point before) {
  MutexLock lock(mutex_);
  for (Scrape& scrape : open_) {
    if (scrape.opened_at >= before) return;
    ShutDown(scrape);
  }
}

}  // namespace selfsame::observe
