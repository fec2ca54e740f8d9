package import AuspexSignals

/// One syslog message, of either kind.
package struct SyslogMessage: Hashable, Sendable {
    /// Facility times 8 plus severity; 13, which is `user.notice`, where a message has none.
    package var priority = 13
    /// The version of RFC 5424; nil for RFC 3164.
    package var version: Int?
    /// When it was sent, if it says so.
    package var time: SyslogTime?
    /// The machine that sent it.
    package var hostname: String?
    /// The program that sent it.
    package var appName: String?
    /// Usually the number of the process.
    package var processID: String?
    /// The kind of message.
    package var messageID: String?
    /// Structured data in the order of the message.
    package var structuredData: [Element] = []
    /// Whether there were more elements of structured data than the limit of attributes.
    package var isShortened = false
    /// Structured data that is malformed, as it stands.
    package var malformedData: String?
    /// The message's text.
    package var message = ""
    /// RFC 3164: the tag as it stands, with what follows the program.
    package var tag: String?

    /// An element of structured data.
    package struct Element: Hashable, Sendable {
        /// Its identifier, such as `origin` or `meta@32473`.
        package var id: String
        /// Its parameters, escapes undone; a name may occur more than once.
        package var parameters: [Parameter] = []
    }

    /// A parameter of structured data.
    package struct Parameter: Hashable, Sendable {
        package var name: String
        package var value: String
    }

    /// 0 to 23.
    package var facility: Int { priority >> 3 }
    /// 0, the worst, to 7.
    package var severity: Int { priority & 7 }

    /// The keyword of the facility, such as `local4`.
    package var facilityName: String { LogLevelName.syslogFacilities[min(max(0, facility), 23)] }
    /// The keyword of the severity, such as `err`.
    package var severityName: String { LogLevelName.syslogKeywords[severity] }

    /// Reads a message however its sender writes it: RFC 5424, its structured data malformed or not, else RFC 3164, of which
    /// any text is one.
    ///
    /// - Parameter limits: How many elements of structured data are kept: ``LogLimits/attributes``.
    package static func read(_ bytes: some Collection<UInt8>, limits: LogLimits = LogLimits()) -> SyslogMessage {
        let bytes = Array(bytes)
        do throws(SyslogError) {
            return try SyslogReader.read(bytes, limits: limits)
        } catch {
            let lenient = error.problem.isOfStructuredData ? SyslogReader.readLeniently(bytes, limits: limits) : nil
            return lenient ?? LegacySyslog.read(bytes)
        }
    }

    /// The record that the message is; the mapping is ``LogAttributes``'.
    ///
    /// - Parameters:
    ///   - received: When it arrived.
    ///   - assumedOffset: Minutes by which senders that name no zone are ahead of UTC.
    ///   - base: Attributes that come with the connection.
    package func accept(
        into logs: inout DecodedLogs, received: Timestamp, assumedOffset: Int = 0, base: LogAttributes
    ) {
        var attributes = base
        attributes.set("service.name", appName)
        attributes.set("host.name", hostname)
        if let processID {
            let isNumber = processID.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            attributes.set(isNumber ? "process.pid" : "syslog.procid", processID)
        }
        attributes.set("syslog.facility", facilityName)
        attributes.set("syslog.severity", severityName)
        attributes.set("syslog.msgid", messageID)
        for element in structuredData {
            for parameter in element.parameters {
                attributes.set("syslog.sd.\(element.id).\(parameter.name)", parameter.value)
            }
        }
        attributes.set("syslog.structured_data", malformedData)
        let time = time?.moment(received: received, assumedOffset: assumedOffset) ?? received
        let (record, isShortened) = attributes.record(
            time: time, severity: LogLevelName.name(ofSyslog: severity), body: message)
        logs.accept(record, isShortened: isShortened || self.isShortened)
    }
}
