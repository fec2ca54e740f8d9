// auspex-exec: starts one program for the engine and outlives it if need be, so that the program's result is never
// lost.
//
// Usage: auspex-exec SPOOL-DIRECTORY, with the file order.json in it and a pipe from the engine as standard input. It
// takes the operation (the file claim), starts the program in a session of its own, keeps both ends of its outputs,
// ends it when its time is over, and leaves the result in the file status.json.
import Glibc

/// Exit codes: the status file says how the program went.
enum Exit {
    /// The status is in its file.
    static let done: Int32 = 0
    /// Wrong usage.
    static let usage: Int32 = 2
    /// The operation was taken by somebody else; nothing was started. EX_TEMPFAIL of sysexits(3).
    static let notMine: Int32 = 75
    /// The status could not be written. EX_IOERR of sysexits(3).
    static let failed: Int32 = 74
}

func complain(_ text: String) {
    var line = Array("auspex-exec: \(text)\n".utf8)
    _ = write(STDERR_FILENO, &line, line.count)
}

guard CommandLine.arguments.count == 2, let spool = CommandLine.arguments.last, spool.hasPrefix("/") else {
    complain("usage: auspex-exec SPOOL-DIRECTORY (an absolute path); the engine calls this, people need not")
    exit(Exit.usage)
}
do {
    let files = SpoolFiles(directory: spool)
    let order = try Order(spool: spool)
    let system = try GNU()
    try Isolation.enter(system)
    guard try files.claim() else { exit(Exit.notMine) }
    files.removeOrder()
    var status: Status
    do {
        var supervision = Supervision(try Child(order, spool: spool, system), order, system, spool: spool)
        status = supervision.run()
    } catch {
        let nothing = Status.Output(head: "", tail: "", droppedBytes: 0)
        status = Status(end: .notStarted, reason: "\(error)", output: nothing, errorOutput: nothing)
    }
    try files.publish(status)
    exit(Exit.done)
} catch {
    complain("\(error)")
    exit(Exit.failed)
}
