import Foundation
import Subprocess

/// A repository made for one test in a directory of its own, with dates and authors under the test's control.
struct TemporaryRepository {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let path: String

    /// Makes an empty repository, hands it to `body` and removes it.
    static func with(_ body: (TemporaryRepository) async throws -> Void) async throws {
        let repository = TemporaryRepository(path: try TemporaryDirectory.make("auspex-git"))
        defer { try? FileManager.default.removeItem(atPath: repository.path) }
        try await repository.git(["init", "--quiet", "--initial-branch=main", "."])
        try await body(repository)
    }

    /// The environment of the commands under test: nothing of this machine's git settings.
    var environment: [String: String] {
        ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": path]
    }

    /// Runs git as its user would and returns what it prints.
    @discardableResult
    func git(_ arguments: [String], author: String = "ann", seconds: Int64 = 0) async throws -> String {
        let date = "@\(seconds) +0000"
        let variables: [Environment.Key: String?] = [
            "HOME": path, "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": author, "GIT_COMMITTER_NAME": "committer",
            "GIT_AUTHOR_EMAIL": "\(author)@example.org", "GIT_COMMITTER_EMAIL": "committer@example.org",
            "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_DIR": nil, "GIT_WORK_TREE": nil,
        ]
        let result = try await Subprocess.run(
            .name("git"), arguments: Arguments(["-C", path, "-c", "protocol.file.allow=always"] + arguments),
            environment: .inherit.updating(variables), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw Failure(description: "git \(arguments): \(result.standardError)")
        }
        return result.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func write(_ file: String, _ text: String) throws {
        let url = URL(filePath: path).appending(path: file)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// Commits everything as it lies there and returns the object name.
    @discardableResult
    func commit(_ message: String, author: String = "ann", seconds: Int64) async throws -> String {
        try await git(["add", "--all"])
        try await git(
            ["commit", "--quiet", "--allow-empty", "--message", message], author: author, seconds: seconds)
        return try await git(["rev-parse", "HEAD"])
    }
}

/// Directories of their own for tests that run side by side.
enum TemporaryDirectory {
    static func make(_ name: String) throws -> String {
        let template = FileManager.default.temporaryDirectory.appending(path: name + "-XXXXXX").path
        var bytes = Array(template.utf8CString)
        guard mkdtemp(&bytes) != nil else {
            throw TemporaryRepository.Failure(description: "mkdtemp \(template): errno \(errno)")
        }
        return String(decoding: bytes.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
