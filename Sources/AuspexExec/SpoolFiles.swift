import Foundation
import Glibc

/// The files by which this helper and the engine, also a later one, tell each other what happened.
struct SpoolFiles {
    /// The operation's spool directory.
    let directory: String

    /// Takes the operation for this process, before anything is started.
    ///
    /// The file `claim` is made by whoever comes first, this helper or an engine that wants to know, after a restart,
    /// that nothing was and will be started. It appears whole or not at all: it is written under another name and then
    /// linked.
    ///
    /// - Returns: Whether it was taken; false means that nothing may be started.
    func claim() throws -> Bool {
        let text = """
            {"pid":\(getpid()),"startTicks":\(ProcessTable.startTicks(of: getpid()) ?? 0),\
            "bootID":"\(ProcessTable.bootID)"}
            """
        let draft = "\(directory)/claim.\(getpid())"
        try write(text, to: draft)
        defer { unlink(draft) }
        guard link(draft, directory + "/claim") == 0 else {
            if errno == EEXIST { return false }
            throw SystemError(what: "claiming the operation", code: errno)
        }
        try sync()
        return true
    }

    /// Removes the order, which may hold secrets and has been read.
    func removeOrder() { unlink(directory + "/order.json") }

    /// Makes the status known: all of it or nothing, also after a loss of power.
    func publish(_ status: Status) throws {
        let draft = directory + "/status.draft"
        try write(String(decoding: try JSONEncoder().encode(status), as: UTF8.self), to: draft)
        guard rename(draft, directory + "/status.json") == 0 else {
            throw SystemError(what: "publishing the status", code: errno)
        }
        try sync()
    }

    private func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError(what: "opening \(path)", code: errno) }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw SystemError(what: "writing \(path)", code: errno) }
            rest = rest.dropFirst(max(0, count))
        }
        guard fsync(file) == 0 else { throw SystemError(what: "writing \(path) to disk", code: errno) }
    }

    private func sync() throws {
        let file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw SystemError(what: "opening \(directory)", code: errno) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw SystemError(what: "writing \(directory) to disk", code: errno) }
    }
}

/// What the operating system refused.
struct SystemError: Error, CustomStringConvertible {
    var what: String
    var code: Int32

    var description: String { "\(what): \(String(cString: strerror(code)))" }
}
