import Glibc

/// Watches one child until it is over: drains its outputs, ends it when its time is over, when the engine asks for it
/// or when the engine is gone.
struct Supervision {
    /// How long outputs are still read after the program has ended. Whoever else holds them open does not hold up the
    /// step.
    private static let drainTime: Int64 = 250
    /// How long processes may take to disappear after they were killed. One that hangs in the kernel is reported.
    private static let killTime: Int64 = 5_000
    /// The longest sleep: a bound, so that no lost wake-up lasts.
    private static let longestSleep: Int64 = 1_000
    /// The time between two counts of the processes of a command that may have only so many.
    private static let countInterval: Int64 = 100
    private static let blockSize = 65_536

    /// One output of the program.
    private struct Output {
        /// Our end of it; -1 once it is at its end.
        var file: Int32
        var ring: OutputRing
        var spool: OutputSpool
    }

    private let child: Child
    private let stopFile: String
    private let order: Order
    private let system: GNU
    private var outputs: [Output]
    private var isEngineThere = true
    private var hasOutput = false
    private var end: Status.End?
    private var exitStatus: Int32?
    private let deadline: Int64
    private var killAt: Int64?
    private var giveUpAt: Int64?
    private var countAt: Int64
    private let block = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: Self.blockSize)

    init(_ child: Child, _ order: Order, _ system: GNU, spool: String) {
        self.child = child
        stopFile = spool + "/stop"
        self.order = order
        self.system = system
        outputs = [("output", child.output), ("error", child.errorOutput)].map { name, file in
            Output(
                file: file, ring: OutputRing(limit: order.keptBytes),
                spool: OutputSpool(path: "\(spool)/\(name)", limit: order.spooledBytes))
        }
        let now = Self.now()
        let (end, overflows) = now.addingReportingOverflow(order.timeoutMilliseconds)
        deadline = overflows ? .max : end
        countAt = child.isRoot && order.limits.processes != nil ? now : .max
    }

    /// Runs until the child is over, and says how it went.
    mutating func run() -> Status {
        defer { block.deallocate() }
        while exitStatus == nil {
            // One that is being ended is not counted any more.
            sleep(until: min(killAt ?? min(deadline, countAt), Self.now() + Self.longestSleep))
            reap()
            guard exitStatus == nil else { break }
            let now = Self.now()
            if let giveUpAt, now >= giveUpAt {
                break
            } else if let killAt, now >= killAt {
                kill(-child.pid, SIGKILL)
                self.killAt = now + Self.longestSleep
                giveUpAt = giveUpAt ?? now + Self.killTime
            } else if now >= deadline {
                finish(.timedOut)
            } else if !isEngineThere, access(stopFile, F_OK) == 0 {
                // A later engine has no pipe to us; this file is how it says stop.
                finish(.stopped)
            } else if now >= countAt {
                count()
            }
        }
        // A program that ended by itself may leave a service behind. One that was made to end leaves nothing.
        let survivors = end == nil ? [] : killAll()
        drain(for: Self.drainTime)
        for output in outputs { output.spool.finish() }
        return status(survivors)
    }

    /// Asks the program to end.
    private mutating func finish(_ reason: Status.End) {
        guard end == nil else { return }
        end = reason
        kill(-child.pid, SIGTERM)
        killAt = Self.now() + order.graceMilliseconds
    }

    /// Counts the processes of a command that runs as root, and ends it when there are too many: the kernel limits the
    /// processes of everybody else, but not root's.
    private mutating func count() {
        if ProcessTable.descendants.count > Int(clamping: order.limits.processes ?? .max) {
            endDescendants()
            finish(.overLimit)
        }
        countAt = Self.now() + Self.countInterval
    }

    private mutating func reap() {
        var status: Int32 = 0
        while true {
            let pid = waitpid(-1, &status, WNOHANG)
            guard pid > 0 else { return }
            // Others are orphans that we adopted; taking their status is all they need.
            if pid == child.pid { exitStatus = status }
        }
    }

    /// Ends what is left of the group, and every process that left it but descends from it.
    ///
    /// - Returns: Processes that could not be ended.
    private mutating func killAll() -> [pid_t] {
        let last = Self.now() + Self.killTime
        while true {
            kill(-child.pid, SIGKILL)
            endDescendants()
            reap()
            let left = ProcessTable.descendants
            if left.isEmpty || Self.now() >= last { return left }
            sleep(until: Self.now() + Self.drainTime / 10)
        }
    }

    /// Kills all descendants. They are stopped first, round by round, until no new ones appear: of a program that forks
    /// without end, killing one by one would always leave somebody to fork again.
    private func endDescendants() {
        /// What forks faster than this is met again by the caller's next round.
        let mostRounds = 50
        var stopped: Set<pid_t> = []
        for _ in 0..<mostRounds {
            let new = ProcessTable.descendants.filter { !stopped.contains($0) }
            if new.isEmpty { break }
            for pid in new { kill(pid, SIGSTOP) }
            stopped.formUnion(new)
        }
        for pid in stopped { kill(pid, SIGKILL) }
    }

    // MARK: - Waiting

    /// Sleeps until something happens or the time has come, and reads what there is to read.
    private mutating func sleep(until time: Int64) {
        var polls = outputs.map { pollfd(fd: $0.file, events: Int16(POLLIN), revents: 0) }
        polls.append(pollfd(fd: isEngineThere ? STDIN_FILENO : -1, events: Int16(POLLIN), revents: 0))
        let left = max(0, time - Self.now())
        guard system.sleep(&polls, milliseconds: left) else { return }
        for index in outputs.indices where polls[index].revents != 0 { read(index) }
        if polls[outputs.count].revents != 0 { listen() }
    }

    /// Reads what an output has; closes it at its end.
    private mutating func read(_ index: Int) {
        let count = Glibc.read(outputs[index].file, block.baseAddress, Self.blockSize)
        if count > 0 {
            let bytes = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(block)[..<count])
            outputs[index].ring.append(bytes)
            outputs[index].spool.append(bytes)
            tellOfOutput()
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            close(outputs[index].file)
            outputs[index].file = -1
        }
    }

    /// Lets the engine know, once, that the program has written something.
    private mutating func tellOfOutput() {
        guard !hasOutput else { return }
        hasOutput = true
        var word = UInt8(ascii: "o")
        _ = write(STDOUT_FILENO, &word, 1)
    }

    /// Takes in what the engine says: anything means stop, the end of the pipe that it is gone.
    private mutating func listen() {
        var byte: UInt8 = 0
        let count = Glibc.read(STDIN_FILENO, &byte, 1)
        if count > 0 {
            finish(.stopped)
        } else if count == 0 {
            isEngineThere = false
            if !order.outlivesEngine { finish(.orphaned) }
        }
    }

    private mutating func drain(for time: Int64) {
        let last = Self.now() + time
        isEngineThere = false
        while outputs.contains(where: { $0.file >= 0 }), Self.now() < last { sleep(until: last) }
    }

    private func status(_ survivors: [pid_t]) -> Status {
        // The layout of wait(2)'s status, whose macros Swift does not see. Nil for a program that cannot be ended.
        let signal = exitStatus.map { $0 & 0x7f }
        let code = exitStatus.map { ($0 >> 8) & 0xff }
        return Status(
            end: end ?? (signal == 0 ? .exited : .signalled), code: signal == 0 ? code : nil,
            signal: signal == 0 ? nil : signal, survivors: survivors, output: outputs[0].ring.output,
            errorOutput: outputs[1].ring.output)
    }

    /// Milliseconds since boot.
    private static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }
}
