import Glibc

/// Functions of the C library that Swift does not see: because they are GNU's own, take a variable number of arguments,
/// or are not for programs with several threads, which this one has not. They are looked up by name once, and called
/// with a fixed form.
struct GNU {
    private typealias Poll =
        @convention(c) (
            UnsafeMutablePointer<pollfd>?, UInt, UnsafePointer<timespec>?, UnsafePointer<sigset_t>?
        ) -> Int32
    private typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32
    private typealias Fork = @convention(c) () -> pid_t
    private typealias CloseRange = @convention(c) (UInt32, UInt32, Int32) -> Int32

    /// PR_SET_CHILD_SUBREAPER of prctl(2).
    private static let setChildSubreaper: Int32 = 36
    /// PR_SET_NO_NEW_PRIVS of prctl(2).
    private static let setNoNewPrivileges: Int32 = 38
    /// CLOSE_RANGE_CLOEXEC of close_range(2).
    private static let closeRangeOnExec: Int32 = 4

    private let poll: Poll
    private let control: Control
    private let splitInTwo: Fork
    /// Since glibc 2.34.
    private let closeRange: CloseRange?

    /// Looks the functions up.
    init() throws {
        guard let poll = dlsym(nil, "ppoll"), let control = dlsym(nil, "prctl"), let fork = dlsym(nil, "fork") else {
            throw SystemError(what: "finding ppoll, prctl and fork in the C library", code: ENOSYS)
        }
        self.poll = unsafeBitCast(poll, to: Poll.self)
        self.control = unsafeBitCast(control, to: Control.self)
        splitInTwo = unsafeBitCast(fork, to: Fork.self)
        closeRange = dlsym(nil, "close_range").map { unsafeBitCast($0, to: CloseRange.self) }
    }

    /// Makes orphans of our descendants our children, so that they can be ended.
    func becomeSubreaper() throws {
        guard control(Self.setChildSubreaper, 1, 0, 0, 0) == 0 else {
            throw SystemError(what: "becoming a subreaper", code: errno)
        }
    }

    /// Makes sure that no program that this process becomes or starts gets rights that it has not: no set-user-ID bit and
    /// no capability of a file counts any more.
    ///
    /// - Returns: Whether it is so.
    func denyNewPrivileges() -> Bool { control(Self.setNoNewPrivileges, 1, 0, 0, 0) == 0 }

    /// Splits this process, which has one thread, in two; see fork(2).
    func fork() -> pid_t { splitInTwo() }

    /// Sees to it that no program inherits a file from `first` on. The helper's own are never inherited anyway; this is
    /// for those that somebody else left open when the helper was started.
    func closeOnExec(from first: UInt32) {
        if let closeRange, closeRange(first, .max, Self.closeRangeOnExec) == 0 { return }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // A limit of millions would take seconds; nobody has that many open.
        let last = Int32(min(UInt64(limit.rlim_cur), 1 << 16))
        for file in Int32(first)..<max(Int32(first), last) { _ = fcntl(file, F_SETFD, FD_CLOEXEC) }
    }

    /// Sleeps until a file is ready, a signal comes or `milliseconds` are over. Signals are let in only meanwhile, so
    /// that none gets lost between looking and sleeping. Returns whether a file is ready.
    func sleep(_ files: inout [pollfd], milliseconds: Int64) -> Bool {
        var span = timespec(tv_sec: Int(milliseconds / 1_000), tv_nsec: Int(milliseconds % 1_000) * 1_000_000)
        var none = sigset_t()
        sigemptyset(&none)
        return poll(&files, UInt(files.count), &span, &none) > 0
    }
}
