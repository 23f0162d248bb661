import java.util.HashMap;
import java.util.Map;
import uk.ac.starlink.table.StarTable;
import uk.ac.starlink.table.Tables;
import uk.ac.starlink.votable.TableElement;
import uk.ac.starlink.votable.VOElement;
import uk.ac.starlink.votable.VOElementFactory;
import uk.ac.starlink.votable.VOStarTable;
import uk.ac.starlink.votable.datalink.ServiceDescriptor;
import uk.ac.starlink.votable.datalink.ServiceDescriptorFactory;
import uk.ac.starlink.votable.datalink.ServiceParam;
import uk.ac.starlink.vo.datalink.ServiceInvoker;

/** What TOPCAT makes of the service descriptors of a table: Invoke FILE [NAME=VALUE ...] gives for each its ID, what a user
    may choose, and the address for the first row. */
public class Invoke {
    public static void main(String[] arguments) throws Exception {
        VOElement document = new VOElementFactory().makeVOElement(arguments[0]);
        TableElement element = (TableElement) document.getElementsByVOTagName("TABLE").item(0);
        StarTable table = Tables.randomTable(new VOStarTable(element));
        for (ServiceDescriptor known : new ServiceDescriptorFactory().readTableServiceDescriptors(element)) {
            ServiceInvoker invoker = new ServiceInvoker(known, table);
            Map<ServiceParam, String> chosen = new HashMap<>(invoker.getFixedParamMap());
            StringBuilder names = new StringBuilder();
            for (ServiceParam parameter : invoker.getUserParams()) {
                names.append(' ').append(parameter.getName());
                for (int i = 1; i < arguments.length; i++) {
                    String[] pair = arguments[i].split("=", 2);
                    if (pair[0].equals(parameter.getName())) {
                        chosen.put(parameter, pair[1]);
                    }
                }
            }
            System.out.println(known.getDescriptorId() + "\t" + names.toString().trim() + "\t"
                + invoker.getUrl(table.getRow(0), chosen));
        }
    }
}
