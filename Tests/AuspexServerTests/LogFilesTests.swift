import AuspexEngine
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexServer

@Suite("Log files", .timeLimit(.minutes(2))) struct LogFilesTests {
    @Test("what is there at the first start is old, unless it is asked for; what comes later is new")
    func existing() async throws {
        for (readsExisting, expected) in [(false, ["b", "c"]), (true, ["a", "b", "c"])] {
            let site = try LogFilesSite { $0.logs.files[0].readsExisting = readsExisting }
            try site.append("a\n")
            try await site.poll()
            try site.append("b\n")
            try await site.poll()
            try site.append("c\n", to: "new.log")
            try await site.poll()
            #expect(try await site.metrics.exposition(version: "").contains("auspex_log_files 2.0"))
            #expect(try await site.bodies == expected)
        }
    }

    @Test("a file is read from the beginning when it comes while the engine is down")
    func newWhileDown() async throws {
        let site = try LogFilesSite { $0.logs.files[0].readsExisting = false }
        try await site.poll()
        site.kill()
        try site.append("a\n")
        try await site.poll()
        #expect(try await site.bodies == ["a"])
    }

    @Test("a line without its end is held back until it ends, or nothing more comes")
    func unended() async throws {
        let site = try LogFilesSite()
        try site.append("one\ntw")
        try await site.poll()
        #expect(try await site.metrics.value(of: .logs) == 1)
        try site.append("o\nthree")
        try await site.poll()
        #expect(try await site.metrics.value(of: .logs) == 2)
        site.clock.advance(FollowedFile.idleTime)
        try await site.poll()
        #expect(try await site.bodies == ["one", "two", "three"])
    }

    @Test("the lines of a trace are one record where that is asked for, also after a kill in the middle")
    func traces() async throws {
        let site = try LogFilesSite { $0.logs.files[0].isMultiline = true }
        try site.append("12:00:00 ERROR it failed\n\tat a.b(C.java:1)\n")
        try await site.poll()
        #expect(try await site.metrics.value(of: .logs) == 0)
        site.kill()
        try site.append("Caused by: java.io.IOException: gone\n12:00:01 INFO on\n")
        try await site.poll()
        site.clock.advance(FollowedFile.idleTime)
        try await site.poll()
        let trace = "12:00:00 ERROR it failed\n\tat a.b(C.java:1)\nCaused by: java.io.IOException: gone"
        #expect(try await site.bodies == [trace, "12:00:01 INFO on"])
        site.kill()
        try site.append("12:00:02 INFO again\n")
        try await site.poll()
        site.clock.advance(FollowedFile.idleTime)
        try await site.poll()
        #expect(try await site.bodies == [trace, "12:00:01 INFO on", "12:00:02 INFO again"])
    }

    @Test("a file that is renamed is read to its end, and the new one from its beginning")
    func rotation() async throws {
        let site = try LogFilesSite()
        try site.append("a\n")
        try await site.poll()
        try site.append("b\n")
        try site.rename("app.log", to: "app.log.1")
        try site.append("c\n")
        try await site.poll()
        // The writer has not noticed yet.
        try site.append("d\n", to: "app.log.1")
        try await site.poll()
        site.clock.advance(FollowedFile.lingerTime)
        try await site.poll()
        #expect(try await site.metrics.exposition(version: "").contains("auspex_log_files 1.0"))
        #expect(try await site.bodies.sorted() == ["a", "b", "c", "d"])
    }

    @Test("a file that is cut off is read from its beginning, also when it has grown again at once")
    func truncation() async throws {
        let site = try LogFilesSite()
        try site.append("first\n")
        try await site.poll()
        try site.truncate()
        try site.append("2\n")
        try await site.poll()
        try site.truncate()
        try site.append("third, and longer than before\n")
        try await site.poll()
        #expect(try await site.metrics.value(of: .logFilesTruncated) == 2)
        #expect(try await site.bodies == ["first", "2", "third, and longer than before"])
    }

    @Test("a file that is removed is read to its end and let go")
    func removal() async throws {
        let site = try LogFilesSite()
        try site.append("a\n")
        try await site.poll()
        try site.append("b\nc")
        try site.remove("app.log")
        try await site.poll()
        site.clock.advance(FollowedFile.lingerTime)
        try await site.poll()
        try await site.poll()
        #expect(try await site.metrics.exposition(version: "").contains("auspex_log_files 0.0"))
        #expect(try await site.bodies == ["a", "b", "c"])
    }

    @Test("kill -9 neither loses nor doubles a line, also when files are renamed, cut off or new meanwhile")
    func restart() async throws {
        let site = try LogFilesSite()
        try site.append("a\nb")
        try site.append("x\n", to: "other.log")
        try await site.poll()
        site.kill()
        try site.append("\nc\n")
        try site.rename("app.log", to: "app.log.1")
        try site.append("d\n")
        try site.truncate("other.log")
        try site.append("y", to: "other.log")
        try site.append("\n", to: "other.log")
        try await site.poll()
        site.kill()
        try await site.poll()
        #expect(try await site.bodies.sorted() == ["a", "b", "c", "d", "x", "y"])
    }

    @Test("while the backlog is full nothing is lost, and nothing more is read")
    func backlog() async throws {
        let site = try LogFilesSite { $0.detection.backlogLimit = 2 }
        // The marks alone need no room; the first two batches have some.
        for line in ["a\n", "b\n", "c\n", "d\n"] {
            try site.append(line)
            try await site.poll()
        }
        let read = try await site.metrics.value(of: .logFileBytes)
        #expect(try await site.metrics.value(of: .logs) == 2 && read == 6)
        site.configure = { [configure = site.configure] in
            configure(&$0)
            $0.detection.backlogLimit = 100
        }
        site.kill()
        try await site.poll()
        #expect(try await site.bodies == ["a", "b", "c", "d"])
    }

    @Test("nothing in a file stops the others, and what is passed over is counted")
    func hostile() async throws {
        let site = try LogFilesSite(pattern: "*")
        try site.append([UInt8](repeating: 0, count: 100_000) + Array("behind zeros\n".utf8), to: "zeros")
        try site.append([0x61, 0xff, 0xfe, 0x62, 0x0a], to: "utf8")
        try site.append([UInt8](repeating: 0x78, count: 10 << 20) + Array("\nshort\n".utf8), to: "long")
        try site.append([0x1f, 0x8b, 8, 0] + [UInt8](repeating: 0x0a, count: 100), to: "app.log.gz")
        try site.append((0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* 37) }, to: "program")
        try site.append([], to: "empty")
        try FileManager.default.createDirectory(atPath: site.path("directory"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: site.path("loop"), withDestinationPath: site.path("loop"))
        try site.append("fine\n", to: "z")
        try await site.poll()
        try await site.poll()
        let metrics = try await site.metrics
        #expect(metrics.value(of: .logFileZeros) == 100_000)
        #expect(metrics.value(of: .logsShortened) == 1)
        #expect(metrics.value(of: .logFilesSkipped) == 3, "two of no text and a directory")
        let bodies = try await site.bodies
        #expect(bodies.count == 5 && Set(["behind zeros", "a\u{fffd}\u{fffd}b", "short", "fine"]).isSubset(of: bodies))
        #expect(bodies.map(\.utf8.count).max() == 1 << 20)
    }

    @Test("the format is told by the first line")
    func formats() async throws {
        let site = try LogFilesSite(pattern: "*/*")
        let pod = "containers"
        try FileManager.default.createDirectory(atPath: site.path(pod), withIntermediateDirectories: true)
        let id = String(repeating: "a", count: 64)
        try site.append(
            "2024-05-01T12:00:00Z stdout P par\n2024-05-01T12:00:00Z stdout F tial\n",
            to: "\(pod)/p-1_ns_shop-\(id).log")
        try site.append(
            #"{"log":"docker\n","stream":"stderr","time":"2024-05-01T12:00:00Z"}"# + "\n", to: "\(pod)/d.log")
        try site.append(#"{"msg":"json","level":"error"}"# + "\n", to: "\(pod)/j.log")
        try site.append("__REALTIME_TIMESTAMP=1714564800000000\nMESSAGE=journal\nPRIORITY=3\n\n", to: "\(pod)/k.export")
        try site.append("plain text\n", to: "\(pod)/r.log")
        try await site.poll()
        let records = try await site.records().sorted { $0.body < $1.body }
        #expect(records.map(\.body) == ["docker", "journal", "json", "partial", "plain text"])
        #expect(records.map(\.severity) == ["", "ERROR", "ERROR", "", ""])
        #expect(records[0].attributes["log.iostream"] == "stderr")
        #expect(records[3].attributes["k8s.pod.name"] == "p-1" && records[3].attributes["service"] == "shop")
        #expect(records[4].attributes["log.file.name"] == "r.log" && records[4].time == site.clock.now())
    }

    @Test("the configuration adds attributes")
    func attributes() async throws {
        let site = try LogFilesSite { $0.logs.files[0].attributes = Labels(["service": "shop", "env": "live"]) }
        try site.append("a\n")
        try await site.poll()
        let record = try #require(try await site.records().first)
        #expect(record.attributes["service"] == "shop" && record.attributes["env"] == "live")
    }

    @Test("a container's line in parts survives a restart between them")
    func partial() async throws {
        let site = try LogFilesSite { $0.logs.files[0].format = .cri }
        let time = "2024-05-01T12:00:00Z"
        try site.append("\(time) stdout F a\n\(time) stdout P b\n")
        try await site.poll()
        site.kill()
        try site.append("\(time) stdout F c\n")
        try await site.poll()
        #expect(try await site.bodies == ["a", "bc"])
    }

    @Test(
        "whatever writers do and whenever the engine is killed, each line is stored once and in order",
        arguments: 1...12)
    func anything(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let site = try LogFilesSite()
        var expected: [String] = []
        var rotations = 0
        // A file that is renamed before anybody has seen it, new or cut off, is not where the configuration looks.
        var isSeen = false
        for step in 0..<60 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                // Lines differ, so that a file that was cut off differs from what it was.
                let lines = (0..<Int.random(in: 1...3, using: &random)).map { "line \(step) \($0)" }
                try site.append(lines.joined(separator: "\n") + "\n")
                expected += lines
            case 5 where FileManager.default.fileExists(atPath: site.path("app.log")):
                if !isSeen { try await site.poll() }
                isSeen = false
                rotations += 1
                try site.rename("app.log", to: "app.log.\(rotations)")
            case 6 where FileManager.default.fileExists(atPath: site.path("app.log")):
                // What copytruncate's copy has is not read; only what has been read may be cut off.
                try await site.poll()
                try site.truncate()
                isSeen = false
            case 7: site.kill()
            default:
                try await site.poll()
                isSeen = FileManager.default.fileExists(atPath: site.path("app.log"))
            }
        }
        try await site.poll()
        let bodies = try await site.bodies
        #expect(bodies.sorted() == expected.sorted())
        #expect(rotations > 0 || bodies == expected)
    }
}
