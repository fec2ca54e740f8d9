/// Why a program is not run.
package enum ExecutableError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is not on the list.
    case notAllowed(String)
    /// The list has several of that name.
    case ambiguous(String, [String])
    /// It is not there or cannot be run.
    case notExecutable(String)
    /// Others than its owner may change it, or the directory that it is in.
    case writable(String)
    /// It, or something on the way to it, belongs to this user, who is neither root nor the engine's.
    case foreign(String, owner: UInt32)
    /// Commands may not run as this user.
    case userNotAllowed(String)

    package var description: String {
        switch self {
        case .notAllowed(let name):
            "\(name) is not among the programs that may be run; add its path to actions.executables"
        case .ambiguous(let name, let paths):
            "\(name) may be any of \(paths.joined(separator: ", ")); give the path in the runbook"
        case .notExecutable(let path): "\(path) is not there or cannot be run"
        case .writable(let path):
            "\(path) may be changed by others than its owner, so nothing there is run; "
                + "take that away with chmod go-w \(path)"
        case .foreign(let path, let owner):
            "\(path) belongs to user \(owner), neither root nor the engine's user, so nothing there is run; "
                + "give it to root with chown root \(path)"
        case .userNotAllowed(let user):
            "commands may not run as \(user); add the name to actions.users"
        }
    }
}
