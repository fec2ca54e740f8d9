import Glibc
import Synchronization

/// The programs that run right now, so that they can be ended with the whole.
///
/// A class because several computations start and end programs at the same time.
public final class RunningPrograms: Sendable {
    /// The leaders of the process groups, held while a program is started, so that no two are started at the same time:
    /// else one could inherit the pipes of the other and keep them open.
    private let leaders = Mutex<Set<pid_t>>([])

    /// Creates a record of no programs.
    public init() {}

    /// Ends every program, with all processes of its group, at once.
    ///
    /// - Parameter last: what is done then, before anybody who waits for a program hears of its end.
    public func endAll(then last: () -> Void = {}) {
        leaders.withLock { leaders in
            for leader in leaders { kill(-leader, SIGKILL) }
            last()
        }
    }

    /// Starts a program and keeps it in mind.
    func start(_ argv: [String], input: Int32) throws(ProgramFailure) -> ChildProcess {
        try leaders.withLock { (leaders) throws(ProgramFailure) in
            let child = try ChildProcess(argv, input: input)
            leaders.insert(child.pid)
            return child
        }
    }

    /// Ends what is left of the program's group and forgets it. The leader must not have been waited for before: until
    /// then its number belongs to nobody else.
    ///
    /// - Returns: How the leader ended, as wait(2) tells it.
    func end(_ child: ChildProcess) -> Int32 {
        leaders.withLock { leaders in
            kill(-child.pid, SIGKILL)
            leaders.remove(child.pid)
        }
        return child.wait()
    }
}
