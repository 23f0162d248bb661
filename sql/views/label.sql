-- What people call a node, who said so and how often it is right.
create view caom2_ai_view.label as
select mapID, node, label, author, created, labelPrecision
from caom2_ai.label;
