import AuspexActions
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// A directory of its own for a test, with programs in it and a performer that may run them.
final class TestSite: Sendable {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    var path: String { directory.path }

    /// The helper as this build made it.
    static let helper: String = {
        if let helper = ProcessConfiguration.helperBesideProgram { return helper }
        let repository = URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return repository.appending(path: ".build/debug/auspex-exec").path
    }()

    /// A program of the test's own.
    func program(_ text: String, name: String = "program") throws -> String {
        let file = path + "/" + name
        try ("#!/bin/sh\n" + text + "\n").write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file)
        return file
    }

    var spool: String { path + "/spool" }

    func performer(_ executables: [String], grace: TimeSpan = .seconds(10)) -> ProcessPerformer {
        ProcessPerformer(
            ProcessConfiguration(helper: Self.helper, spool: spool, executables: executables, grace: grace))
    }

    /// The process id that a program wrote into the file `pid`.
    func pid() throws -> pid_t {
        let text = try String(contentsOfFile: path + "/pid", encoding: .utf8)
        return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    /// The lines of a file that programs append to; none when it is not there.
    func lines(_ name: String) -> [String] {
        let text = (try? String(contentsOfFile: path + "/" + name, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    /// Waits until `condition` holds. A test that waits for ever fails by its time limit.
    static func wait(until condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }
}
