// SPDX-License-Identifier: Apache-2.0
#include "load/page_cache.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

#include "core/files.hpp"

namespace edgeeval {
namespace {

/// A file opened for reading, closed at the end.
class OpenFile {
 public:
  explicit OpenFile(const std::filesystem::path& path)
      : descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

Result<double> share_of(const OpenFile& file, const std::filesystem::path& path) {
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0)
    return tl::unexpected(errno_error(errno, "the file cannot be looked at", path.string()));
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return 0.0;
  void* mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.descriptor(), 0);
  if (mapped == MAP_FAILED)
    return tl::unexpected(errno_error(errno, "the file cannot be mapped", path.string()));
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> resident((size + page - 1) / page);
  const int answer = ::mincore(mapped, size, resident.data());
  const int number = errno;
  ::munmap(mapped, size);
  if (answer != 0)
    return tl::unexpected(errno_error(number, "the page cache cannot be asked", path.string()));
  const auto there =
      std::count_if(resident.begin(), resident.end(), [](unsigned char flags) { return (flags & 1U) != 0; });
  return static_cast<double>(there) / static_cast<double>(resident.size());
}

}  // namespace

Result<double> page_cache_share(const std::filesystem::path& path) {
  const OpenFile file(path);
  if (file.descriptor() < 0)
    return tl::unexpected(errno_error(errno, "the file cannot be opened", path.string()));
  return share_of(file, path);
}

Result<double> evict_page_cache(const std::filesystem::path& path) {
  const OpenFile file(path);
  if (file.descriptor() < 0)
    return tl::unexpected(errno_error(errno, "the file cannot be opened", path.string()));
  // Dirty pages cannot be dropped; a file just written is synced first.
  ::fsync(file.descriptor());
  ::posix_fadvise(file.descriptor(), 0, 0, POSIX_FADV_DONTNEED);
  return share_of(file, path);
}

}  // namespace edgeeval
