namespace Aspire.Hosting;

/// <summary>The application cannot be run as declared; the message says why and what helps.</summary>
public class DistributedApplicationException : Exception
{
    /// <summary>Reports a failure.</summary>
    public DistributedApplicationException()
    {
    }

    /// <summary>Reports a failure.</summary>
    /// <param name="message">Why, and what helps.</param>
    public DistributedApplicationException(string message)
        : base(message)
    {
    }

    /// <summary>Reports a failure.</summary>
    /// <param name="message">Why, and what helps.</param>
    /// <param name="innerException">The cause.</param>
    public DistributedApplicationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
