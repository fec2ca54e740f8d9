import Glibc

/// Functions of the C library that Swift does not see: because they are GNU's own, or take a variable number of
/// arguments. They are looked up by name once, and called with a fixed form.
struct GNU {
    private typealias Poll =
        @convention(c) (
            UnsafeMutablePointer<pollfd>?, UInt, UnsafePointer<timespec>?, UnsafePointer<sigset_t>?
        ) -> Int32
    private typealias Control = @convention(c) (Int32, UInt, UInt, UInt, UInt) -> Int32

    /// PR_SET_CHILD_SUBREAPER of prctl(2).
    private static let setChildSubreaper: Int32 = 36
    /// POSIX_SPAWN_SETSID of spawn.h: the child begins a session, and with it a process group, of its own.
    static let spawnInNewSession: Int32 = 0x80

    private let poll: Poll
    private let control: Control

    /// Looks the functions up.
    init() throws {
        guard let poll = dlsym(nil, "ppoll"), let control = dlsym(nil, "prctl") else {
            throw SystemError(what: "finding ppoll and prctl in the C library", code: ENOSYS)
        }
        self.poll = unsafeBitCast(poll, to: Poll.self)
        self.control = unsafeBitCast(control, to: Control.self)
    }

    /// Makes orphans of our descendants our children, so that they can be ended.
    func becomeSubreaper() throws {
        guard control(Self.setChildSubreaper, 1, 0, 0, 0) == 0 else {
            throw SystemError(what: "becoming a subreaper", code: errno)
        }
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
