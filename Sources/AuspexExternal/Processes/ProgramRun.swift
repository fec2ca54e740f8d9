import Glibc

/// One run of a program: its output is handed on as it comes, and its end is waited for, within limits.
struct ProgramRun {
    /// Processes that the program left behind may write for so long after its end.
    private static let leftoverGrace = Duration.milliseconds(500)
    /// How often it is looked whether the program has ended while somebody still holds its outputs open, and how long the
    /// first look waits when nobody does.
    private static let longestWait = Duration.milliseconds(50)
    private static let shortestWait = Duration.milliseconds(1)
    private static let pieceSize = 1 << 16

    let argv: [String]
    let timeout: Duration
    let programs: RunningPrograms
    let clock = ContinuousClock()

    /// Runs the program with the file `input` as its input. Blocks the thread, and no other.
    ///
    /// - Parameters:
    ///   - complaints: takes what it writes to its standard error.
    ///   - consume: takes its output, piece by piece; an error ends the program.
    /// - Throws: ``ProgramFailure``; whatever happens, no process of the program's group is left.
    func run(
        input: Int32, complaints: inout Complaints, consume: (UnsafeRawBufferPointer) throws(ProgramFailure) -> Void
    ) throws(ProgramFailure) {
        let deadline = clock.now + timeout
        let child = try programs.start(argv, input: input)
        let failure: ProgramFailure?
        do throws(ProgramFailure) {
            try follow(child, until: deadline, &complaints, consume)
            failure = nil
        } catch {
            failure = error
        }
        close(child.output)
        close(child.errorOutput)
        let status = programs.end(child)
        if let failure { throw failure }
        // As in <sys/wait.h>: the signal is in the low seven bits, the exit code in the next byte.
        let signal = status & 0x7f
        if signal != 0 { throw .signalled(signal) }
        let code = status >> 8 & 0xff
        if code != 0 { throw .exited(code: code) }
    }

    /// Reads until the program has ended and its outputs are closed.
    private func follow(
        _ child: ChildProcess, until deadline: ContinuousClock.Instant, _ complaints: inout Complaints,
        _ consume: (UnsafeRawBufferPointer) throws(ProgramFailure) -> Void
    ) throws(ProgramFailure) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 16)
        defer { buffer.deallocate() }
        var files = [child.output, child.errorOutput].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        var wait = Self.shortestWait
        var lastMoment: ContinuousClock.Instant?
        while true {
            let now = clock.now
            let isSilent = files.allSatisfy { $0.fd < 0 }
            if child.hasEnded {
                let last = lastMoment ?? now + Self.leftoverGrace
                lastMoment = last
                // Once nobody writes any more, or those who are left have had their time.
                if isSilent || now >= last { return }
            }
            guard now < deadline else { throw .timedOut(seconds: timeout / .seconds(1)) }
            wait = isSilent ? min(wait * 2, Self.longestWait) : Self.longestWait
            // Rounded up, so that the last wait does not spin.
            let milliseconds = Int32(min(wait, deadline - now) / .milliseconds(1)) + 1
            guard poll(&files, UInt(files.count), milliseconds) > 0 else { continue }
            try read(&files[0], into: buffer, consume)
            try read(&files[1], into: buffer) { bytes throws(ProgramFailure) in complaints.append(bytes) }
        }
    }

    /// Reads once from a file that is ready. A closed one is not looked at again: poll(2) passes over negative numbers.
    private func read(
        _ file: inout pollfd, into buffer: UnsafeMutableRawBufferPointer,
        _ consume: (UnsafeRawBufferPointer) throws(ProgramFailure) -> Void
    ) throws(ProgramFailure) {
        guard file.fd >= 0, file.revents != 0 else { return }
        let count = Glibc.read(file.fd, buffer.baseAddress, buffer.count)
        if count > 0 {
            try consume(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        } else if count == 0 || errno != EINTR && errno != EAGAIN {
            file.fd = -1
        }
    }
}
