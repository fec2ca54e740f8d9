/// Why a text is no message of RFC 5424.
package struct SyslogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What part of a message is wrong.
    package enum Problem: String, Hashable, Sendable {
        case priority = "expected '<'"
        case priorityValue = "expected a priority from 0 to 191 without leading zeros, then '>'"
        case version = "expected a version from 1 to 999"
        case timestamp = "expected an RFC 3339 time with capital T and Z and at most 6 digits of a second, or '-'"
        case hostname = "expected a host name of at most 255 printable characters, or '-'"
        case appName = "expected an application's name of at most 48 printable characters, or '-'"
        case processID = "expected a process id of at most 128 printable characters, or '-'"
        case messageID = "expected a message id of at most 32 printable characters, or '-'"
        case structuredData = "expected '[' or '-'"
        case elementID = "expected an element's identifier of at most 32 characters"
        case duplicateElement = "an element's identifier may occur only once"
        case parameter = "expected a parameter such as name=\"value\", with a name of at most 32 characters"
        case escape = "in a value, only '\"', '\\' and ']' are escaped, and they must be"
        case form = "expected a blank"

        /// Whether everything before structured data is well-formed.
        var isOfStructuredData: Bool {
            switch self {
            case .structuredData, .elementID, .duplicateElement, .parameter, .escape: true
            default: false
            }
        }
    }

    /// What is wrong.
    package var problem: Problem
    /// The byte where it is wrong, from 0.
    package var column: Int
    /// What could be read before it.
    package var partial: SyslogMessage

    package var description: String { "at byte \(column): \(problem.rawValue)" }
}
