package import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What commands may be run, and how.
package struct ProcessConfiguration: Hashable, Sendable {
    /// Bytes kept of either end of each output of a command (64 KiB, as the journal's design asks for).
    package static let keptBytes = 65_536
    /// The time between asking a command to end and killing it (rule 13 of the safety defaults).
    package static let defaultGrace = TimeSpan.seconds(10)
    /// Where programs find other programs.
    private static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The path of the helper `auspex-exec`.
    package var helper: String
    /// The directory for what helpers and engines tell each other, in the engine's data directory.
    package var spool: String
    /// The programs that may be run, as absolute paths. None by default.
    package var executables: [String]
    /// The environment of every command, besides what its runbook declares. Never the engine's own.
    package var environment: [String: String]
    /// The directory that commands start in when their runbook names none.
    package var directory: String
    /// The time between asking a command to end and killing it.
    package var grace: TimeSpan

    /// Creates a configuration.
    package init(
        helper: String, spool: String, executables: [String] = [], environment: [String: String]? = nil,
        directory: String = "/", grace: TimeSpan = Self.defaultGrace
    ) {
        self.helper = helper
        self.spool = spool
        self.executables = executables
        self.environment = environment ?? ["PATH": Self.searchPath, "LANG": "C.UTF-8"]
        self.directory = directory
        self.grace = grace
    }

    /// The helper beside the running program; nil when there is none.
    package static var helperBesideProgram: String? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        let helper = URL(filePath: program).deletingLastPathComponent().appending(path: "auspex-exec").path
        return access(helper, X_OK) == 0 ? helper : nil
    }

    /// The absolute path of a program that a runbook names by path or by name.
    ///
    /// - Throws: ``ExecutableError`` unless it is on the list, can be run, and can be changed only by its owner.
    package func executable(_ name: String) throws(ExecutableError) -> String {
        let matches = executables.filter { $0 == name || (!name.contains("/") && $0.hasSuffix("/" + name)) }
        guard let path = matches.first, path.hasPrefix("/") else { throw .notAllowed(name) }
        guard matches.count == 1 else { throw .ambiguous(name, matches) }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, access(path, X_OK) == 0 else {
            throw .notExecutable(path)
        }
        guard status.st_mode & S_IWOTH == 0 else { throw .writable(path) }
        return path
    }
}

/// Why a program is not run.
package enum ExecutableError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is not on the list.
    case notAllowed(String)
    /// The list has several of that name.
    case ambiguous(String, [String])
    /// It is not there or cannot be run.
    case notExecutable(String)
    /// Everybody may change it.
    case writable(String)

    package var description: String {
        switch self {
        case .notAllowed(let name):
            "\(name) is not among the programs that may be run; add its path to actions.executables"
        case .ambiguous(let name, let paths):
            "\(name) may be any of \(paths.joined(separator: ", ")); give the path in the runbook"
        case .notExecutable(let path): "\(path) is not there or cannot be run"
        case .writable(let path): "\(path) may be changed by everybody, so it is not run; take that away with chmod o-w"
        }
    }
}
