import Foundation

/// What the engine asks for: the file `order.json` of the spool directory.
struct Order: Decodable {
    /// The file that the engine looked at when it decided that the program may be run.
    struct Program: Decodable, Hashable {
        /// The device that the file is on.
        let device: UInt64
        /// Its number there.
        let inode: UInt64
        /// When its content, mode or owner last changed: whole seconds since 1970, and nanoseconds.
        let changedSeconds: Int64
        let changedNanoseconds: Int64
    }

    /// What the program may use; nil is no limit.
    struct Limits: Decodable {
        /// Bytes of address space of each process.
        let memory: UInt64?
        /// Processes and threads.
        let processes: UInt64?
        /// Files that a process may have open.
        let openFiles: UInt64?
        /// Bytes of a file that a process writes.
        let fileSize: UInt64?
        /// Seconds of processor time of each process.
        let cpuSeconds: UInt64?
    }

    /// The program's absolute path, then its arguments.
    let argv: [String]
    /// The file that the path must lead to.
    let program: Program
    /// The user to run as; nil for the helper's own.
    let user: String?
    /// What the program may use.
    let limits: Limits
    /// The whole environment of the program.
    let environment: [String: String]
    /// The directory to start in.
    let directory: String
    /// What the program reads; nothing when missing.
    let input: String?
    /// The longest that the program may run.
    let timeoutMilliseconds: Int64
    /// How long after SIGTERM comes SIGKILL.
    let graceMilliseconds: Int64
    /// Bytes kept of either end of each output.
    let keptBytes: Int
    /// Bytes of each output that go to its file, for whoever looks on while the program runs.
    let spooledBytes: Int
    /// Whether the program goes on when the engine is gone: what must happen at most once is rather finished, so that
    /// its result is known.
    let outlivesEngine: Bool

    /// Reads the order in the directory `spool`.
    init(spool: String) throws {
        self = try JSONDecoder().decode(Order.self, from: Data(contentsOf: URL(filePath: spool + "/order.json")))
    }
}
