/// How the program ended: the file `status.json` of the spool directory.
struct Status: Encodable {
    /// What ended it.
    enum End: String, Encodable {
        /// It exited.
        case exited
        /// A signal ended it that did not come from here.
        case signalled
        /// Its time was over.
        case timedOut
        /// The engine asked for its end.
        case stopped
        /// The engine was gone.
        case orphaned
        /// It had more processes than it may have.
        case overLimit
        /// It could not be started; nothing has happened.
        case notStarted
    }

    /// Both ends of an output.
    struct Output: Encodable {
        var head: String
        var tail: String
        var droppedBytes: Int
    }

    /// What ended it.
    var end: End
    /// Why it could not be started.
    var reason: String?
    /// The exit code, if it exited.
    var code: Int32?
    /// The signal, if one ended it.
    var signal: Int32?
    /// Processes that could not be ended.
    var survivors: [Int32] = []
    /// Standard output.
    var output: Output
    /// Standard error.
    var errorOutput: Output
}
