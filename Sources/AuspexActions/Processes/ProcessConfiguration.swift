package import AuspexRunbooks
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
    /// The usual ``reserve``.
    package static let defaultReserve = TimeSpan.seconds(60)
    /// Where programs find other programs.
    private static let searchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// The path of the helper `auspex-exec`.
    package var helper: String
    /// The directory for what helpers and engines tell each other, in the engine's data directory.
    package var spool: String
    /// The programs that may be run, as absolute paths. None by default.
    package var executables: [String]
    /// The users that commands may run as besides the engine's own. None by default, root neither.
    package var users: [String]
    /// What every command may use at most.
    package var limits: ProcessLimits
    /// The environment of every command, besides what its runbook declares. Never the engine's own.
    package var environment: [String: String]
    /// The directory that commands start in when their runbook names none.
    package var directory: String
    /// The time between asking a command to end and killing it.
    package var grace: TimeSpan
    /// How much longer than a command's time and grace its helper is waited for: for killing what hangs, and for a busy
    /// machine and a slow disk. Then the command counts as unknown, so that a helper that hangs holds no run up.
    package var reserve: TimeSpan

    /// Creates a configuration.
    package init(
        helper: String, spool: String, executables: [String] = [], users: [String] = [],
        limits: ProcessLimits = ProcessLimits(), environment: [String: String]? = nil, directory: String = "/",
        grace: TimeSpan = Self.defaultGrace, reserve: TimeSpan = Self.defaultReserve
    ) {
        self.helper = helper
        self.spool = spool
        self.executables = executables
        self.users = users
        self.limits = limits
        self.environment = environment ?? ["PATH": Self.searchPath, "LANG": "C.UTF-8"]
        self.directory = directory
        self.grace = grace
        self.reserve = reserve
    }

    /// The helper beside the running program; nil when there is none.
    package static var helperBesideProgram: String? {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
            return nil
        }
        let helper = URL(filePath: program).deletingLastPathComponent().appending(path: "auspex-exec").path
        return access(helper, X_OK) == 0 ? helper : nil
    }

    /// The program that a runbook names by path or by name.
    ///
    /// - Throws: ``ExecutableError`` unless it is on the list, can be run, and can be changed only by root and the
    ///   engine's user.
    func executable(_ name: String) throws(ExecutableError) -> TrustedFile {
        let matches = executables.filter { $0 == name || (!name.contains("/") && $0.hasSuffix("/" + name)) }
        guard let path = matches.first, path.hasPrefix("/") else { throw .notAllowed(name) }
        guard matches.count == 1 else { throw .ambiguous(name, matches) }
        return try TrustedFile(path)
    }

    /// Checks the programs of a list before any is needed. One that is not there yet is no mistake.
    ///
    /// - Throws: ``ExecutableError`` for the first that others than root and the engine's user may change.
    package static func check(_ executables: [String]) throws(ExecutableError) {
        for path in executables {
            do throws(ExecutableError) {
                _ = try TrustedFile(path)
            } catch .notExecutable {
                continue
            }
        }
    }

    /// Checks that commands may run as `user`; nil is the engine's own.
    ///
    /// - Throws: ``ExecutableError/userNotAllowed(_:)`` when it is not on the list.
    func checkUser(_ user: String?) throws(ExecutableError) {
        guard let user else { return }
        guard users.contains(user) else { throw .userNotAllowed(user) }
    }
}
