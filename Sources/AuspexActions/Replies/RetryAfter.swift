import AuspexSignals
import NIOHTTP1

/// How long a receiver wants to be left alone.
enum RetryAfter {
    /// The longest wish that is followed.
    static let longest = TimeSpan.hours(24)

    /// What the answer asks for by `Retry-After` (RFC 9110, section 10.2.3: seconds or a date) or, as GitHub says it, by a
    /// limit of calls that is used up; nil for nothing.
    static func span(in headers: HTTPHeaders, at now: Timestamp) -> TimeSpan? {
        if let text = headers.first(name: "Retry-After") {
            if let seconds = Int64(text), seconds >= 0 { return bounded(seconds) }
            if let date = date(text) { return max(.zero, min(date - now, longest)) }
        }
        if headers.first(name: "X-RateLimit-Remaining") == "0",
            let reset = headers.first(name: "X-RateLimit-Reset").flatMap(Int64.init), reset >= 0
        {
            let (milliseconds, isTooLarge) = reset.multipliedReportingOverflow(by: 1_000)
            return isTooLarge ? longest : max(.zero, min(Timestamp(milliseconds: milliseconds) - now, longest))
        }
        return nil
    }

    private static func bounded(_ seconds: Int64) -> TimeSpan {
        .seconds(min(seconds, longest.milliseconds / 1_000))
    }

    /// A date as HTTP writes it, `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Timestamp? {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])) else {
            return nil
        }
        let number = month + 1
        return Timestamp(iso8601: "\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z")
    }
}
