import Foundation
import Testing

@testable import AuspexChanges

/// What reaches git and what happens when it misbehaves, seen through a program that stands in for it.
@Suite struct GitCommandTests {
    /// Makes a directory with an executable `git` of the given text and hands over the command that finds it.
    private func withFake(
        _ script: String, limits: GitLimits = GitLimits(), _ body: (GitCommand, String) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory.make("auspex-fake")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = folder + "/git"
        try Data(("#!/bin/sh\n" + script).utf8).write(to: URL(filePath: program))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        let environment = [
            "PATH": folder + ":/usr/bin:/bin", "HOME": "/home/nobody", "GIT_DIR": "/elsewhere", "SECRET": "hunter2",
            "GIT_ASKPASS": "/bin/ask",
        ]
        try await body(GitCommand(directory: "-odd dir;$(x)", environment: environment, limits: limits), folder)
    }

    @Test("arguments arrive as they are, whatever a shell would make of them")
    func arguments() async throws {
        try await withFake("printf '%s\\n' \"$@\"") { command, _ in
            let answer = try await command.run(["log", "$(touch x) `y` ; | &", "--", "*"])
            let lines = answer.output.split(separator: "\n").map(String.init)
            #expect(lines.prefix(3) == ["--no-pager", "-C", "-odd dir;$(x)"])
            #expect(lines.suffix(4) == ["log", "$(touch x) `y` ; | &", "--", "*"])
            #expect(lines.contains("core.quotepath=off") && lines.contains("core.fsmonitor=false"))
        }
    }

    @Test("of the environment only the search path and the home get through")
    func environment() async throws {
        try await withFake("/usr/bin/env") { command, folder in
            let answer = try await command.run(["x"])
            // The shell itself adds these two.
            let added = ["PWD=", "OLDPWD=", "SHLVL=", "_="]
            let lines = Set(
                answer.output.split(separator: "\n").map(String.init).filter { line in
                    !added.contains { line.hasPrefix($0) }
                })
            #expect(
                lines == [
                    "PATH=\(folder):/usr/bin:/bin", "HOME=/home/nobody", "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1",
                    "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_NO_REPLACE_OBJECTS=1",
                ])
        }
    }

    @Test("a git that does not come back is ended")
    func timeout() async throws {
        let limits = GitLimits(timeout: .milliseconds(50))
        try await withFake("exec sleep 1000", limits: limits) { command, _ in
            await #expect(throws: GitError.timedOut(command: "log", seconds: 0.05)) { try await command.run(["log"]) }
        }
    }

    @Test("output without end is cut off")
    func endlessOutput() async throws {
        try await withFake("exec yes") { command, _ in
            await #expect(throws: GitError.outputTooLarge(command: "x", limit: 1 << 20)) {
                try await command.run(["x"])
            }
        }
        try await withFake("exec yes") { command, _ in
            let log = WalkedLog(limit: 100_000, walk: FeatureWalk(total: 1, rangeCount: 1, startsWithSnapshot: false))
            await #expect(throws: GitError.self) { try await command.stream(["log"], into: log) }
        }
    }

    @Test("complaints without end are cut off too")
    func endlessComplaints() async throws {
        try await withFake("exec yes >&2") { command, _ in
            await #expect(throws: GitError.outputTooLarge(command: "x", limit: 1 << 20)) {
                try await command.run(["x"])
            }
        }
    }

    @Test("a failure keeps git's exit code and message")
    func failure() async throws {
        try await withFake("echo 'fatal: broken' >&2; exit 3") { command, _ in
            let answer = try await command.run(["x"])
            #expect(answer.exitCode == 3 && answer.message == "fatal: broken\n")
        }
    }

    @Test("a git that writes much and exits at once is read to the end")
    func largeOutput() async throws {
        try await withFake("head -c 900000 /dev/zero | tr '\\0' x") { command, _ in
            let answer = try await command.run(["x"])
            #expect(answer.output.utf8.count == 900_000 && answer.exitCode == 0)
        }
    }

    @Test("no git at all is said so")
    func missing() async throws {
        let command = GitCommand(
            directory: "/", environment: ["PATH": "/nonexistent"], limits: GitLimits())
        await #expect(throws: GitError.gitNotFound) { try await command.run(["x"]) }
    }
}
