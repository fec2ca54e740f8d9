import AuspexEngine
import AuspexSignals
import AuspexTesting
import AuspexWire
import Foundation
import Synchronization
import Testing

@testable import AuspexServer

@Suite("Log files that fail or never rest", .timeLimit(.minutes(2))) struct LogFilesFaultTests {
    /// Lets a writer write `bytes` at each look at the clock, and time pass with it.
    private func writeAlways(_ site: LogFilesSite, _ bytes: String, taking span: TimeSpan) -> Counter {
        let written = Counter()
        let path = site.path("app.log")
        site.clock.atEachLook { clock in
            // An end, so that a look that never returns fails instead of hanging.
            guard written.add() < 5_000, let file = FileHandle(forWritingAtPath: path) else { return }
            clock.advance(span)
            _ = try? file.seekToEnd()
            try? file.write(contentsOf: Data(bytes.utf8))
            try? file.close()
        }
        return written
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        func add() -> Int {
            count.withLock {
                $0 += 1; return $0
            }
        }
        var value: Int { count.withLock { $0 } }
    }

    @Test("a look ends while a writer goes on writing, so that new files are found")
    func busyWriter() async throws {
        let site = try LogFilesSite()
        try site.append("first\n")
        try await site.poll()
        let written = writeAlways(site, "more\n", taking: .zero)
        try await site.poll()
        site.clock.atEachLook(nil)
        #expect(written.value < 20)
        try site.append("new\n", to: "new.log")
        try await site.poll()
        #expect(try await site.bodies.contains("new"))
    }

    @Test("a look ends after its time while a writer is faster than it")
    func fastWriter() async throws {
        let site = try LogFilesSite()
        try site.append("first\n")
        try await site.poll()
        let line = String(repeating: "x", count: FollowedFile.partBytes) + "\n"
        let written = writeAlways(site, line, taking: TimeSpan(milliseconds: 100))
        try await site.poll()
        site.clock.atEachLook(nil)
        #expect(written.value < 40)
    }

    /// A follower that was killed after it had read "a" from a folder that can go away.
    private func killedOverMount() async throws -> LogFilesSite {
        let site = try LogFilesSite(pattern: "mount/*.log")
        try FileManager.default.createDirectory(atPath: site.path("mount"), withIntermediateDirectories: true)
        try site.append("a\n", to: "mount/app.log")
        try await site.poll()
        site.kill()
        return site
    }

    @Test("a file whose folder is not there at the start goes on where it was when that comes back")
    func awayAtStart() async throws {
        let site = try await killedOverMount()
        try site.append("b\n", to: "mount/app.log")
        try site.rename("mount", to: "unmounted")
        try await site.poll()
        site.kill()
        try await site.poll()
        try site.rename("unmounted", to: "mount")
        try await site.poll()
        #expect(try await site.bodies == ["a", "b"])
    }

    @Test("a file that was rotated while its folder was not there is found beside its place")
    func rotatedWhileAway() async throws {
        let site = try await killedOverMount()
        try site.rename("mount", to: "unmounted")
        try await site.poll()
        try site.append("b\n", to: "unmounted/app.log")
        try site.rename("unmounted/app.log", to: "unmounted/app.log.1")
        try site.append("c\n", to: "unmounted/app.log")
        try site.rename("unmounted", to: "mount")
        try await site.poll()
        #expect(try await site.bodies.sorted() == ["a", "b", "c"])
    }

    @Test("a file system that has another number after a restart is read no second time")
    func otherDevice() async throws {
        let site = try LogFilesSite()
        try site.append("a\n")
        try await site.poll()
        try await site.changeMarks { $0.device += 1 }
        try site.append("b\n")
        try await site.poll()
        site.kill()
        try await site.poll()
        #expect(try await site.bodies == ["a", "b"])
    }

    @Test("how far a file was read is forgotten when it does not come back for a month")
    func forgotten() async throws {
        let site = try await killedOverMount()
        try site.rename("mount", to: "unmounted")
        try await site.poll()
        site.kill()
        site.clock.advance(LogFiles.lostTime)
        try await site.poll()
        try site.rename("unmounted", to: "mount")
        try await site.poll()
        #expect(try await site.bodies == ["a", "a"])
    }

    @Test("another file in the place of one that was read is read from its beginning")
    func replaced() async throws {
        let site = try LogFilesSite()
        try site.append("a\n")
        try await site.poll()
        site.kill()
        try site.append("b\n", to: "new")
        try site.remove("app.log")
        try site.rename("new", to: "app.log")
        try await site.poll()
        site.kill()
        try await site.poll()
        #expect(try await site.bodies == ["a", "b"])
    }

    @Test("a record of a file that lies in the future keeps its line, and the time that it names")
    func future() async throws {
        let site = try LogFilesSite { $0.logs.files[0].format = .json }
        let time = site.clock.now() + .hours(24)
        try site.append(#"{"time":"\#(time.iso8601)","msg":"ahead"}"# + "\n")
        try await site.poll()
        let record = try #require(try await site.records().first)
        #expect(record.body == "ahead" && record.time == site.clock.now())
        #expect(record.attributes[LogRecord.originalTime] == time.iso8601)
    }

    // MARK: Files that cannot be read

    /// A file in memory that fails when it is told to.
    private final class FailingFile: ReadableFile {
        let identity = FileIdentity(device: 1, inode: 2)
        private let state = Mutex((bytes: [UInt8](), failing: false))

        func write(_ text: String) { state.withLock { $0.bytes += Array(text.utf8) } }
        func fail(_ isFailing: Bool) { state.withLock { $0.failing = isFailing } }

        private func bytes() throws(FileOnDisk.Unreadable) -> [UInt8] {
            let (bytes, failing) = state.withLock { $0 }
            if failing { throw FileOnDisk.Unreadable(reason: "Input/output error") }
            return bytes
        }

        func size() throws(FileOnDisk.Unreadable) -> Int64 { Int64(try bytes().count) }

        func read(at position: Int64, count: Int) throws(FileOnDisk.Unreadable) -> [UInt8] {
            Array(try bytes().dropFirst(Int(position)).prefix(count))
        }

        func fingerprint(of count: Int) throws(FileOnDisk.Unreadable) -> UInt64 {
            var hash = StableHash()
            hash.combine(Array(try bytes().prefix(count)))
            return hash.value
        }
    }

    @Test("an error of the disk is no truncation: the next look goes on from where the last one ended")
    func unreadable() throws {
        let file = FailingFile()
        let start = Timestamp(milliseconds: 0)
        let entry = EngineConfiguration.Files(paths: ["/x"])
        var followed = try FollowedFile(
            file, path: "/x", entry: entry, position: 0, now: start, limits: LogLimits())
        file.write("a\n")
        #expect(followed.look(now: start).logs.records.map(\.body) == ["a"])
        let mark = followed.mark
        file.write("b\n")
        file.fail(true)
        let failed = followed.look(now: start)
        #expect(failed.failure == "Input/output error" && !failed.isTruncated && failed.logs.records.isEmpty)
        #expect(followed.mark == mark)
        #expect(throws: FileOnDisk.Unreadable.self) { try mark.isOf(file) }
        followed.isAway = true
        let later = start + FollowedFile.lingerTime
        #expect(!followed.isDone(now: later) && followed.isLost(now: later))
        file.fail(false)
        let look = followed.look(now: start)
        #expect(look.logs.records.map(\.body) == ["b"] && look.failure == nil && !followed.isLost(now: later))
    }
}
