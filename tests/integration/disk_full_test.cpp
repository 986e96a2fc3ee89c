// PostgreSQL's disk is full: where the tables are, and where the write-ahead log is. Both are small
// file systems of the tests' own, filled up and emptied again.
#include "tests/integration/daemon_fixture.hpp"
#include "tests/support/process.hpp"

#include <gmock/gmock.h>

#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/mount.h>
#include <unistd.h>

namespace callmirror::integration {
namespace {

using testing::HasSubstr;

void give_to_server(const std::string& path) {
    const passwd* const user = tests::server_user();
    std::vector<std::filesystem::path> all{path};
    for (const auto& each : std::filesystem::recursive_directory_iterator(path)) {
        all.push_back(each.path());
    }
    for (const auto& each : all) {
        if (user != nullptr && ::chown(each.c_str(), user->pw_uid, user->pw_gid) != 0) {
            throw std::runtime_error("chown " + each.string() + ": " + std::strerror(errno));
        }
    }
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

// A tmpfs, mounted as long as it lives. `megabytes` hold what the test wants to write.
class small_disk {
public:
    explicit small_disk(int megabytes) {
        std::string name = (std::filesystem::temp_directory_path() / "callmirror-disk-XXXXXX");
        if (::mkdtemp(name.data()) == nullptr ||
            ::mount("callmirror", name.c_str(), "tmpfs", 0,
                    ("size=" + std::to_string(megabytes) + "m").c_str()) != 0) {
            throw std::runtime_error(
                "can't mount a small tmpfs at " + name + ": " + std::strerror(errno) +
                "\nhint: this test needs root and CAP_SYS_ADMIN (docker run --cap-add SYS_ADMIN); "
                "without them, leave it out: ctest -E disk_full_test");
        }
        path_ = name;
        give_to_server(path_);
    }
    ~small_disk() {
        ::umount2(path_.c_str(), MNT_DETACH);
        ::rmdir(path_.c_str());
    }
    small_disk(const small_disk&) = delete;
    small_disk& operator=(const small_disk&) = delete;

    const std::string& path() const { return path_; }
    // To the last byte.
    void fill() const {
        const int file = ::open(ballast().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        const std::string much(1U << 16U, 'x');
        for (std::size_t size = much.size(); size > 0;) {
            if (::write(file, much.data(), size) <= 0) {
                size /= 2;
            }
        }
        ::close(file);
    }
    void empty() const { ::unlink(ballast().c_str()); }

private:
    std::string ballast() const { return path_ + "/ballast"; }
    std::string path_;
};

class DiskFull : public Daemon {
protected:
    void add_much(api_source& from) { from.add(resource::calls, now() - 3s, 1500, 1ms); }
};

TEST_F(DiskFull, OfTheTablesIsSaidAndSatOut) {
    const small_disk disk(64);
    cluster().sql("postgres", "create tablespace small location '" + disk.path() + "'");
    database = "on_a_small_disk";
    cluster().sql("postgres", "create database on_a_small_disk template migrated tablespace small");
    config.database_url = cluster().url(database);
    api_source from;
    configure(from);
    auto running = start("run");
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    disk.fill();
    add_much(from);
    EXPECT_TRUE(says(*running, "the database server's disk is full")) << running->err();
    EXPECT_THAT(running->err(), HasSubstr("it is tried again"));
    EXPECT_EQ(inconsistencies(cluster(), database), "");
    disk.empty();
    EXPECT_TRUE(equal_within(from, 60s)) << differences(from) << running->err();
    expect_ends_with_0(*running);
    EXPECT_EQ(inconsistencies(cluster(), database), "");
    cluster().sql("postgres", "drop database on_a_small_disk");
    cluster().sql("postgres", "drop tablespace small");
}

// The server itself gives up then, and starts again when there is room.
TEST_F(DiskFull, OfTheWriteAheadLogIsSatOut) {
    const small_disk disk(100);
    tests::postgres_cluster own({"min_wal_size = '32MB'", "max_wal_size = '32MB'"});
    own.stop();
    const std::filesystem::path log = own.directory() + "/data/pg_wal";
    std::filesystem::copy(log, disk.path() + "/wal", std::filesystem::copy_options::recursive);
    std::filesystem::remove_all(log);
    std::filesystem::create_directory_symlink(disk.path() + "/wal", log);
    give_to_server(disk.path() + "/wal");
    own.start();
    own.sql("postgres", "create database mirror");
    database = "mirror";
    config.database_url = own.url(database);
    looked_at = config.database_url;
    api_source from;
    configure(from);
    EXPECT_EQ(run("migrate").status, 0);
    auto running = start("run");
    ASSERT_TRUE(equal_within(from, 60s)) << running->err();
    disk.fill();
    add_much(from);
    // Segments that are there already are used up first.
    EXPECT_TRUE(eventually(
        [&] {
            try {
                own.sql("mirror", "create table if not exists public.filler (x text); insert into "
                                  "public.filler select repeat(md5(i::text), 30) from "
                                  "generate_series(1, 20000) i; select pg_switch_wal()");
            } catch (const std::exception&) { // it is full
            }
            return running->err().find("it is tried again") != std::string::npos;
        },
        60s))
        << running->err();
    const auto said = tests::read_file(own.directory() + "/log");
    EXPECT_THAT(said, HasSubstr("No space left on device"));
    disk.empty();
    try {
        own.stop_immediately();
    } catch (const std::exception&) { // it has ended by itself
    }
    own.start();
    EXPECT_TRUE(equal_within(from, 90s)) << differences(from) << running->err();
    expect_ends_with_0(*running);
    EXPECT_EQ(inconsistencies(own, database), "");
}

} // namespace
} // namespace callmirror::integration
